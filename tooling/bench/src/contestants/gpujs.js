import { peer } from '../peers.js'

// Kernels are strings: functions would be rewritten by whatever bundles or instruments them. Loops are bounded by constants, and
// `loopMaxIterations` says how far: gpu.js stops others after 1,000 rounds without a word.

const product = `function (a, b) {
  let total = 0;
  for (let k = 0; k < this.constants.n; k++) { total += a[this.thread.y][k] * b[k][this.thread.x]; }
  return total;
}`

const chain = `function (x, y) {
  const other = y[this.thread.x];
  return Math.max(x[this.thread.x] * 0.999 + other, -1.0) * 0.5 - other * 0.25;
}`

const rowMaximum = `function (x) {
  let largest = x[this.thread.x][0];
  for (let k = 1; k < this.constants.n; k++) { largest = Math.max(largest, x[this.thread.x][k]); }
  return largest;
}`

const exponential = `function (x, largest) {
  return Math.exp(x[this.thread.y][this.thread.x] - largest[this.thread.y]);
}`

const rowTotal = `function (x) {
  let total = 0;
  for (let k = 0; k < this.constants.n; k++) { total += x[this.thread.x][k]; }
  return total;
}`

const quotient = `function (x, total) {
  return x[this.thread.y][this.thread.x] / total[this.thread.y];
}`

const total = `function (x) {
  let sum = 0;
  for (let k = 0; k < this.constants.n; k++) { sum += x[k]; }
  return sum;
}`

/** Box and Muller 1958, of gpu.js's own uniform numbers. */
const normal = `function () {
  const radius = Math.sqrt(-2.0 * Math.log(1.0 - Math.random()));
  return radius * Math.cos(6.283185307179586 * Math.random());
}`

const affine = `function (x) { return x[this.thread.x] * 0.5 + 0.25; }`

/** For each kind of work: from a maker of kernels, what a step does to the arrays, which stay on the device. */
const steps = {
  matmul: (kernel, { n }) => {
    const multiply = kernel(product, [n, n], n)
    return ({ a, b }) => multiply(a, b)
  },
  chain: (kernel, { n }) => {
    const f = kernel(chain, [n])
    return ({ x, y }) => f(x, y)
  },
  softmax: (kernel, { n }) => {
    const [largest, power] = [kernel(rowMaximum, [n], n), kernel(exponential, [n, n])]
    const [sums, share] = [kernel(rowTotal, [n], n), kernel(quotient, [n, n])]
    return ({ x }) => {
      const powers = power(x, largest(x))
      return share(powers, sums(powers))
    }
  },
  // By rows first: one thread of a kernel writes one number, and a single one would have all of the work.
  sum: (kernel, { n }) => {
    const side = Math.sqrt(n)
    const [rows, all] = [kernel(rowTotal, [side], side), kernel(total, [1], side)]
    return ({ x }) => all(rows(x))
  },
  normal: (kernel, { n }) => {
    const draw = kernel(normal, [n])
    return () => draw()
  },
  overhead: kernel => {
    // A kernel cannot read what it wrote last: two take turns.
    const turns = [kernel(affine, [1]), kernel(affine, [1])]
    let [count, last] = [0, undefined]
    return ({ x }) => (last = turns[count++ % 2](last ?? x))
  },
}

/** What an array is to a kernel; a sum of many numbers goes by rows. */
const shapeOf = (kind, { shape }) => (kind === 'sum' ? [Math.sqrt(shape[0]), Math.sqrt(shape[0])] : shape)

/** gpu.js in one of its modes. Arrays stay with it between steps, as handles (`pipeline`); results are read back when asked for. */
export const over =
  mode =>
  async ({ kind, sizes, arrays }) => {
    if (steps[kind] === undefined)
      return {
        cannot: kind === 'compile' ? 'gpu.js has no program of many nodes' : 'gpu.js has no gradients',
      }
    const { GPU, input } = peer('gpu.js')
    const gpu = new GPU({ mode })
    const kernel = (source, output, n) =>
      gpu.createKernel(source, {
        ...{ output, pipeline: true, precision: 'single' },
        ...(n === undefined ? {} : { constants: { n }, loopMaxIterations: n }),
      })
    const given = {}
    for (const [name, array] of Object.entries(arrays)) {
      const output = [...shapeOf(kind, array)].reverse()
      const place = ['this.thread.z', 'this.thread.y', 'this.thread.x'].slice(-output.length)
      const lift = kernel(`function (x) { return x${place.map(at => `[${at}]`).join('')}; }`, output)
      given[name] = lift(input(array.data, output))
    }
    const run = steps[kind](kernel, sizes)
    // Without a word it takes another mode where it cannot have this one.
    if (gpu.mode !== mode) throw new Error(`gpu.js runs ${gpu.mode} instead of ${mode}`)
    let last
    return {
      step: () => {
        last = run(given)
      },
      result: () => {
        const made = typeof last.toArray === 'function' ? last.toArray() : last
        return made[0]?.length === undefined
          ? Float32Array.from(made)
          : Float32Array.from(made.flatMap(row => [...row]))
      },
    }
  }
