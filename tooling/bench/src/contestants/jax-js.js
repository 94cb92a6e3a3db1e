import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { peersFolder } from '../peers.js'

// jax-js counts references: a use consumes its array, and `.ref` keeps it for a further one.

const linear = (np, x, w, b) => np.matmul(x, w).add(b)

/** For each kind of training step: from what is asked for, a loss of the parameters (the caller's to keep) and the data. */
const losses = {
  vae:
    ({ numpy: np, nn }, { batch }) =>
    (p, x, noise) => {
      const q = linear(np, nn.relu(linear(np, x.ref, p.w1, p.b1)), p.w2, p.b2)
      const mu = q.ref.slice([], [0, 20])
      const logVariance = q.slice([], [20, 40])
      const z = mu.ref.add(np.exp(logVariance.ref.mul(0.5)).mul(noise))
      const logits = linear(np, nn.relu(linear(np, z, p.w3, p.b3)), p.w4, p.b4)
      const reconstruction = np.sum(nn.softplus(logits.ref).sub(logits.mul(x)))
      const kl = np.sum(logVariance.ref.add(1).sub(np.square(mu)).sub(np.exp(logVariance))).mul(-0.5)
      return reconstruction.add(kl).mul(1 / batch)
    },
  // It has no loop with a gradient: the steps are written out. One product for the inputs of all steps takes half as long again.
  gru:
    ({ numpy: np, nn }, { batch, hidden, length }) =>
    (p, x, y) => {
      const part = (gates, i) => gates.ref.slice([], [i * hidden, (i + 1) * hidden])
      let h = np.zeros([batch, hidden])
      for (let t = 0; t < length; t++) {
        const a = linear(np, x.ref.slice(t), p.wx.ref, p.bx.ref)
        const b = linear(np, h.ref, p.wh.ref, p.bh.ref)
        const [r, z] = [0, 1].map(i => nn.sigmoid(part(a, i).add(part(b, i))))
        const n = np.tanh(part(a, 2).add(r.mul(part(b, 2))))
        for (const gates of [a, b]) gates.dispose()
        h = n.ref.add(z.mul(h.sub(n)))
      }
      for (const used of [p.wx, p.bx, p.wh, p.bh, x]) used.dispose()
      return np.sum(nn.logSoftmax(linear(np, h, p.wo, p.bo), -1).mul(y)).mul(-1 / batch)
    },
  denoiser:
    ({ numpy: np, nn }) =>
    (p, x, y) => {
      let h = x
      for (const i of [1, 2, 3]) h = nn.silu(linear(np, h, p[`w${i}`], p[`b${i}`]))
      return np.mean(np.square(linear(np, h, p.w4, p.b4).sub(y)))
    },
  conv: ({ numpy: np, nn, lax }) => {
    const channels = x => x.reshape([-1, 1, 1])
    const convolve = (p, x, i, stride = 1) =>
      lax
        .convGeneralDilated(...[x, p[`w${i}`], [stride, stride]], [
          [1, 1],
          [1, 1],
        ])
        .add(channels(p[`b${i}`]))
    const norm = (p, x, i) => {
      const { shape } = x
      const groups = x.reshape([shape[0], 8, -1])
      const centred = groups.ref.sub(np.mean(groups, 2, { keepdims: true }))
      const variance = np.mean(np.square(centred.ref), 2, { keepdims: true })
      const normal = centred.div(np.sqrt(variance.add(1e-5))).reshape(shape)
      return nn.silu(normal.mul(channels(p[`s${i}`])).add(channels(p[`t${i}`])))
    }
    return (p, x, y) => {
      const first = norm(p, convolve(p, x, 1), 1)
      const second = norm(p, convolve(p, first, 2, 2), 2)
      const third = norm(p, convolve(p, second, 3), 3)
      const wide = np.repeat(np.repeat(third, 2, 2), 2, 3)
      const fourth = norm(p, convolve(p, wide, 4), 4)
      return np.mean(np.square(convolve(p, fourth, 5).sub(y)))
    }
  },
}

const results = {
  matmul:
    ({ numpy: np }) =>
    ({ a, b }) =>
      np.matmul(a, b),
  chain:
    ({ numpy: np }) =>
    ({ x, y }) =>
      np.maximum(x.mul(0.999).add(y.ref), -1).mul(0.5).sub(y.mul(0.25)),
  softmax:
    ({ nn }) =>
    ({ x }) =>
      nn.softmax(x, -1),
  sum:
    ({ numpy: np }) =>
    ({ x }) =>
      np.sum(x),
}

const over = (trees, f) =>
  Object.fromEntries(Object.keys(trees[0]).map(name => [name, f(...trees.map(tree => tree[name]))]))

/** What follows from a slope: state → [next state], inside the jitted step. All arguments are consumed. */
const optimisers = {
  descent: {
    start: () => ({}),
    update: ({ parameters }, slope) => ({
      parameters: over([parameters, slope], (x, g) => x.sub(g.mul(1e-3))),
    }),
  },
  /** Kingma and Ba 2015, algorithm 1. */
  adam: {
    start: ({ numpy: np }, parameters) => ({
      ...{ t: np.zeros([]) },
      first: over([parameters], x => np.zeros(x.shape)),
      second: over([parameters], x => np.zeros(x.shape)),
    }),
    update: ({ parameters, first, second, t }, slope, { numpy: np }) => {
      const next = t.add(1)
      const unbiased = beta => np.expm1(next.ref.mul(Math.log(beta))).mul(-1)
      const rate = np.reciprocal(unbiased(0.9)).mul(1e-3)
      const root = np.sqrt(np.reciprocal(unbiased(0.999)))
      const m = over([first, slope], (a, g) => a.mul(0.9).add(g.ref.mul(1 - 0.9)))
      const v = over([second, slope], (a, g) => a.mul(0.999).add(np.square(g).mul(1 - 0.999)))
      const moved = over([parameters, m, v], (x, a, b) =>
        x.sub(a.ref.mul(rate.ref).div(np.sqrt(b.ref).mul(root.ref).add(1e-8))),
      )
      for (const used of [rate, root]) used.dispose()
      return { parameters: moved, first: m, second: v, t: next }
    },
  },
}

const keep = tree => over([tree], x => x.ref)

const training = (jax, loss, arrays, { start, update }) => {
  const named = wanted => Object.entries(arrays).filter(([name]) => name.startsWith('p.') === wanted)
  const parameters = Object.fromEntries(named(true).map(([name, x]) => [name.slice(2), x]))
  const data = named(false).map(([, x]) => x)
  const step = jax.jit((state, ...inputs) => {
    const [value, slope] = jax.valueAndGrad(loss)(keep(state.parameters), ...inputs)
    return [value, update(state, slope, jax)]
  })
  let state = { parameters, ...start(jax, parameters) }
  return async () => {
    const [value, next] = step(state, ...data.map(x => x.ref))
    state = next
    await jax.blockUntilReady(next)
    return (await value.data())[0]
  }
}

/** Draws of its own generator: a new key from the one before, as ours does. */
const draws = ({ jit, random }, { n }) =>
  jit(key => {
    const [next, now] = random.split(key, 2)
    return [next, random.normal(now, [n])]
  })

/** Why a training step cannot be waited for: `undefined` where it can. */
const tooLong = {
  conv: ({ batch }) =>
    batch > 4
      ? `jax-js trains it, but convolves at some 0.3 GFLOP/s: a step of ${batch} images takes over 20 s`
      : undefined,
  gru: ({ length }) =>
    length > 150 ? `${length} steps written out take jax-js minutes to compile` : undefined,
}

/**
 * jax-js on WebAssembly, jitted. A step ends when its result is computed.
 * @param {'adam' | 'descent'} optimiser what its training steps do with the gradient
 */
export const overWasm =
  optimiser =>
  async ({ kind, sizes, arrays }) => {
    if (tooLong[kind]?.(sizes)) return { cannot: tooLong[kind](sizes) }
    const jax = await import(pathToFileURL(join(peersFolder, 'node_modules/@jax-js/jax/dist/index.js')).href)
    await jax.init('wasm')
    jax.defaultDevice('wasm')
    const made = Object.fromEntries(
      Object.entries(arrays).map(([name, { shape, data }]) => [
        name,
        jax.numpy.array(data, { shape: [...shape] }),
      ]),
    )
    if (losses[kind] !== undefined)
      return { step: training(jax, losses[kind](jax, sizes), made, optimisers[optimiser]) }
    let last
    const put = async value => {
      last?.dispose()
      last = value
      await jax.blockUntilReady(value)
    }
    const result = async () => Float32Array.from(await last.ref.data())
    if (kind === 'normal') {
      const draw = draws(jax, sizes)
      let key = jax.random.key(1)
      return {
        result,
        step: () => {
          const [next, value] = draw(key)
          key = next
          return put(value)
        },
      }
    }
    if (kind === 'overhead') {
      const next = jax.jit(x => x.mul(0.5).add(0.25))
      let { x } = made
      return {
        step: async () => {
          x = next(x)
          await jax.blockUntilReady(x)
        },
        result: async () => Float32Array.from(await x.ref.data()),
      }
    }
    if (results[kind] === undefined) return { cannot: 'jax-js has no program to compile' }
    const f = jax.jit(results[kind](jax))
    return { step: () => put(f(keep(made))), result }
  }
