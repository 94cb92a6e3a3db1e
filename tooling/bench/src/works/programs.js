import { pipe } from 'fp-ts/lib/function.js'
import { Categorical, Gamma, Poisson } from '@elbo/distributions'
import * as T from '@elbo/tensor'
import { fashionMnistUNet, unet as denoisingUNet } from '@elbo/diffusion'
import { gru as overTime, gruCell } from '@elbo/gru'
import { adam, addTrees, sgd } from '@elbo/train'

const {
  add,
  div,
  exp,
  logSoftmax,
  matmul,
  maximum,
  mean,
  mul,
  relu,
  reshape,
  silu,
  slice,
  square,
  sub,
  sum,
} = T

const linear = (x, w, b) => pipe(x, matmul(w), add(b))

/** −ELBO: Bernoulli pixels, a Gaussian posterior with its closed-form KL. */
const vae =
  ({ batch }) =>
  ({ w1, b1, w2, b2, w3, b3, w4, b4 }, { x, noise }) => {
    const q = linear(relu(linear(x, w1, b1)), w2, b2)
    const [mu, logVariance] = [slice(null, [0, 20])(q), slice(null, [20, 40])(q)]
    const z = pipe(logVariance, mul(0.5), exp, mul(noise), add(mu))
    const logits = linear(relu(linear(z, w3, b3)), w4, b4)
    const reconstruction = pipe(T.softplus(logits), sub(pipe(logits, mul(x))), sum())
    const kl = pipe(logVariance, add(1), sub(square(mu)), sub(exp(logVariance)), sum(), mul(-0.5))
    return pipe(reconstruction, add(kl), mul(1 / batch))
  }

/** Gates r, z, n with the reset after the product, as PyTorch and cuDNN have it. */
const gruLoss =
  lastOf =>
  ({ batch, hidden }) =>
  ({ wx, bx, wh, bh, wo, bo }, { x, y }) => {
    const gates = reshape([3, hidden])
    const parameters = {
      ...{ inputWeight: reshape([28, 3, hidden])(wx), stateWeight: reshape([hidden, 3, hidden])(wh) },
      ...{ bias: gates(bx), stateBias: gates(bh) },
    }
    const last = lastOf(parameters, x, { batch, hidden })
    return pipe(linear(last, wo, bo), logSoftmax(), mul(y), sum(), mul(-1 / batch))
  }

const gru = gruLoss(
  (parameters, x, { hidden }) =>
    overTime(28, hidden, { resetAfter: true }).apply([{ forward: parameters }])(x).last,
)

/** The same by a loop of the host's: a cell for each step. */
const gruUnrolled = gruLoss((parameters, x, { batch, hidden }) => {
  const step = gruCell(28, hidden, { resetAfter: true }).apply(parameters)
  let state = T.zeros([batch, hidden])
  for (let t = 0; t < x.shape[0]; t++)
    state = step({ x: reshape([batch, 28])(slice([t, t + 1])(x)), state }).state
  return state
})

const denoiser =
  () =>
  ({ w1, b1, w2, b2, w3, b3, w4, b4 }, { x, y }) => {
    const hidden = silu(linear(silu(linear(silu(linear(x, w1, b1)), w2, b2)), w3, b3))
    return pipe(linear(hidden, w4, b4), sub(y), square, mean())
  }

const channels = x => reshape([x.shape[0], 1, 1])(x)

/** A convolution, group norm of eight groups, SiLU. */
const conv =
  () =>
  (p, { x, y }) => {
    const convolve = (image, i, options = {}) =>
      pipe(image, T.conv2d(p[`w${i}`], { padding: 1, ...options }), add(channels(p[`b${i}`])))
    const norm = (image, i) => {
      const [batch, features, height, width] = image.shape
      const groups = reshape([batch, 8, (features / 8) * height * width])(image)
      const centred = sub(mean(2, { keepDims: true })(groups))(groups)
      const variance = mean(2, { keepDims: true })(square(centred))
      const normal = reshape(image.shape)(div(T.sqrt(add(1e-5)(variance)))(centred))
      return silu(pipe(normal, mul(channels(p[`s${i}`])), add(channels(p[`t${i}`]))))
    }
    const first = norm(convolve(x, 1), 1)
    const second = norm(convolve(first, 2, { stride: 2 }), 2)
    const third = norm(convolve(second, 3), 3)
    const fourth = norm(convolve(T.resize([28, 28], 'nearest')(third), 4), 4)
    return pipe(convolve(fourth, 5), sub(y), square, mean())
  }

const denoising = denoisingUNet(fashionMnistUNet)
const unetForm = T.generate(T.key(0))(denoising.init)

/** The mean squared error of the noise that a U-Net of diffusion tells. */
const unet =
  () =>
  (p, { z, epsilon, times, labels }) => {
    const parameters = T.withLeaves(
      unetForm,
      T.leavesOf(unetForm).map(({ path }) => p[path]),
    )
    const told = denoising.apply(parameters)({ z, times, labels: T.cast('i32')(labels) })
    return pipe(told, sub(epsilon), square, mean())
  }

/**
 * A training step, its state on the device, the loss its only output.
 * @param {'adam' | 'descent'} optimiser
 */
const training = lossOf => (arrays, sizes, optimiser) => {
  const entries = Object.entries(arrays)
  const parameters = Object.fromEntries(
    entries.flatMap(([name, array]) => (name.startsWith('p.') ? [[name.slice(2), array]] : [])),
  )
  const data = Object.fromEntries(entries.filter(([name]) => !name.startsWith('p.')))
  const { init, update } =
    optimiser === 'descent' ? sgd({ learningRate: 1e-3 }) : adam({ learningRate: 1e-3 })
  return {
    // Both begin with zeros.
    state: {
      parameters,
      optimiser: T.mapTree(({ shape, dtype }) => array(shape, dtype))(init(parameters)),
      step: array([], 'u32'),
    },
    data,
    step: ({ parameters, optimiser, step }, batch) => {
      const [loss, slope] = T.valueAndGrad(lossOf(sizes))(parameters, batch)
      const { change, state } = update(slope, optimiser, { parameters, step, loss })
      return [{ parameters: addTrees(parameters, change), optimiser: state, step: add(1)(step) }, { loss }]
    },
  }
}

const arrays = { f32: Float32Array, i32: Int32Array, u32: Uint32Array }

const array = (shape, dtype = 'f32') => ({
  data: new arrays[dtype](shape.reduce((product, n) => product * n, 1)),
  ...{ shape, dtype },
})

/** Draws again and again, each time from a new key. */
const drawing =
  (sample, dtype = 'f32') =>
  (_, sizes) => ({
    state: {
      key: { data: Uint32Array.of(0, 1), shape: [2], dtype: 'u32' },
      draws: array([sizes.n], dtype),
    },
    step: ({ key }) => {
      const [next, now] = T.split(key, 2)
      return [{ key: next, draws: sample(sizes)(now) }, {}]
    },
    result: ({ draws }) => ({ ...draws, data: Float32Array.from(draws.data) }),
  })

/** A chain of so many nodes that neither folds nor merges. */
const longProgram =
  nodes =>
  ({ x }) => {
    let value = x
    for (let i = 0; i < nodes; i++) value = i % 2 === 0 ? T.sin(value) : add(x)(value)
    return [{ x: value }, {}]
  }

/** For each kind of work: a step, its first state, and what of the state is its result. */
const programs = {
  matmul: ({ a, b }, { n }) => ({
    state: { a, b, product: array([n, n]) },
    step: ({ a, b }) => [{ a, b, product: pipe(a, matmul(b)) }, {}],
    result: ({ product }) => product,
  }),
  chain: ({ x, y }) => ({
    state: { x, y },
    step: ({ x, y }) => [
      { x: pipe(x, mul(0.999), add(y), maximum(-1), mul(0.5), sub(pipe(y, mul(0.25)))), y },
      {},
    ],
    result: ({ x }) => x,
  }),
  softmax: ({ x }) => ({
    state: { x, y: array(x.shape) },
    step: ({ x }) => [{ x, y: T.softmax()(x) }, {}],
    result: ({ y }) => y,
  }),
  sum: ({ x }) => ({
    state: { x, total: array([]) },
    step: ({ x }) => [{ x, total: sum()(x) }, {}],
    result: ({ total }) => total,
  }),
  normal: drawing(({ n }) => T.normal([n])),
  gamma: drawing(({ n, concentration }) => Gamma({ concentration, rate: 1 }).sample([n])),
  poisson: drawing(({ n, rate }) => Poisson({ rate }).sample([n])),
  categorical: drawing(({ n, probs }) => Categorical({ probs }).sample([n]), 'i32'),
  vae: training(vae),
  gru: training(gru),
  gruUnrolled: training(gruUnrolled),
  denoiser: training(denoiser),
  conv: training(conv),
  unet: training(unet),
  // No simplifier may fold this: each step depends on the one before.
  overhead: ({ x }) => ({
    state: { x },
    step: ({ x }) => [{ x: add(0.25)(mul(0.5)(x)) }, {}],
    result: ({ x }) => x,
  }),
  compile: ({ x }, { nodes }) => ({ state: { x }, step: longProgram(nodes), result: ({ x }) => x }),
}

/**
 * The program of a work: its step, its first state, what each step is given (nothing, unless said), and what of the state is its result.
 * @typedef {Record<string, unknown>} Tree
 * @returns {{ step: import('@elbo/tensor').Step<Tree, Tree, Tree>, state: Tree, data: Tree, result?: (state: Tree) => unknown }}
 */
export const programOf = (kind, arrays, sizes, optimiser) => {
  const given = Object.fromEntries(
    Object.entries(arrays).map(([name, { shape, data }]) => [name, { shape, data, dtype: 'f32' }]),
  )
  return { data: {}, ...programs[kind](given, sizes, optimiser) }
}

/**
 * What a program is told of its inputs.
 * @param {Record<string, unknown>} data
 * @returns {Record<string, import('@elbo/tensor').Spec>}
 */
export const specsOf = data =>
  Object.fromEntries(Object.entries(data).map(([name, { shape, dtype }]) => [name, T.spec(shape, dtype)]))
