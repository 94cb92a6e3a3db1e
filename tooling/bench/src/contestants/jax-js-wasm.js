import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { peersFolder } from '../peers.js'

// jax-js counts references: `.ref` keeps an array for a further use.

const linear = (np, x, w, b) => np.matmul(x, w).add(b)

const losses = {
  vae: ({ numpy: np, nn }, { batch }) => {
    return (p, x, noise) => {
      const q = linear(np, nn.relu(linear(np, x.ref, p.w1, p.b1)), p.w2, p.b2)
      const mu = q.ref.slice([], [0, 20])
      const logVariance = q.slice([], [20, 40])
      const z = mu.ref.add(np.exp(logVariance.ref.mul(0.5)).mul(noise))
      const logits = linear(np, nn.relu(linear(np, z, p.w3, p.b3)), p.w4, p.b4)
      const reconstruction = np.sum(nn.softplus(logits.ref).sub(logits.mul(x)))
      const kl = np.sum(logVariance.ref.add(1).sub(np.square(mu)).sub(np.exp(logVariance))).mul(-0.5)
      return reconstruction.add(kl).mul(1 / batch)
    }
  },
  denoiser: ({ numpy: np, nn }) => {
    return (p, x, y) => {
      let h = x
      for (const i of [1, 2, 3]) h = nn.silu(linear(np, h, p[`w${i}`], p[`b${i}`]))
      return np.mean(np.square(linear(np, h, p.w4, p.b4).sub(y)))
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
  overhead:
    () =>
    ({ x }) =>
      x.add(0).mul(1),
}

/** jax-js on WebAssembly, jitted. Training steps have no optimiser but plain descent: what they compute besides is the gradient. */
export const prepare = async ({ kind, sizes, arrays }) => {
  const jax = await import(pathToFileURL(join(peersFolder, 'node_modules/@jax-js/jax/dist/index.js')).href)
  await jax.init('wasm')
  jax.defaultDevice('wasm')
  const { numpy: np } = jax
  const made = Object.fromEntries(
    Object.entries(arrays).map(([name, { shape, data }]) => [name, np.array(data, { shape: [...shape] })]),
  )
  if (losses[kind] !== undefined) {
    const names = Object.keys(made).filter(name => name.startsWith('p.'))
    let parameters = Object.fromEntries(names.map(name => [name.slice(2), made[name]]))
    const data = Object.keys(made).filter(name => !name.startsWith('p.'))
    const keep = tree => Object.fromEntries(Object.entries(tree).map(([name, x]) => [name, x.ref]))
    const step = jax.jit((p, ...inputs) => {
      const [loss, slope] = jax.valueAndGrad(losses[kind](jax, sizes))(keep(p), ...inputs)
      const next = Object.fromEntries(
        Object.entries(p).map(([name, x]) => [name, x.sub(slope[name].mul(1e-3))]),
      )
      return [loss, next]
    })
    return {
      note: 'descent instead of Adam',
      firstLossOnly: true,
      step: async () => {
        const [loss, next] = step(parameters, ...data.map(name => made[name].ref))
        parameters = next
        await jax.blockUntilReady(next)
        return (await loss.data())[0]
      },
    }
  }
  if (results[kind] === undefined) return { cannot: 'not written for jax-js' }
  const f = jax.jit(results[kind](jax))
  let last
  return {
    step: async () => {
      last = await f(Object.fromEntries(Object.entries(made).map(([name, x]) => [name, x.ref]))).data()
    },
    result: () => Float32Array.from(last),
  }
}
