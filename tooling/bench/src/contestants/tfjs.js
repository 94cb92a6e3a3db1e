import { peer } from '../peers.js'

const linear = (tf, x, w, b) => tf.add(tf.matMul(x, w), b)
const silu = (tf, x) => tf.mul(x, tf.sigmoid(x))

const losses = {
  vae:
    (tf, { batch }) =>
    (p, { x, noise }) => {
      const [mu, logVariance] = tf.split(linear(tf, tf.relu(linear(tf, x, p.w1, p.b1)), p.w2, p.b2), 2, 1)
      const z = tf.add(mu, tf.mul(tf.exp(tf.mul(logVariance, 0.5)), noise))
      const logits = linear(tf, tf.relu(linear(tf, z, p.w3, p.b3)), p.w4, p.b4)
      const reconstruction = tf.sum(tf.sub(tf.softplus(logits), tf.mul(logits, x)))
      const inner = tf.sub(tf.sub(tf.add(logVariance, 1), tf.square(mu)), tf.exp(logVariance))
      return tf.mul(tf.sub(reconstruction, tf.mul(tf.sum(inner), 0.5)), 1 / batch)
    },
  gru:
    (tf, { batch, hidden, length }) =>
    (p, { x, y }) => {
      let h = tf.zeros([batch, hidden])
      for (const slice of tf.unstack(x, 0).slice(0, length)) {
        const [ar, az, an] = tf.split(linear(tf, slice, p.wx, p.bx), 3, 1)
        const [br, bz, bn] = tf.split(linear(tf, h, p.wh, p.bh), 3, 1)
        const [r, z] = [tf.sigmoid(tf.add(ar, br)), tf.sigmoid(tf.add(az, bz))]
        const n = tf.tanh(tf.add(an, tf.mul(r, bn)))
        h = tf.add(n, tf.mul(z, tf.sub(h, n)))
      }
      return tf.mul(tf.sum(tf.mul(tf.logSoftmax(linear(tf, h, p.wo, p.bo)), y)), -1 / batch)
    },
  denoiser:
    tf =>
    (p, { x, y }) => {
      const layer = (h, i) => silu(tf, linear(tf, h, p[`w${i}`], p[`b${i}`]))
      return tf.mean(tf.square(tf.sub(linear(tf, layer(layer(layer(x, 1), 2), 3), p.w4, p.b4), y)))
    },
}

const results = {
  matmul: (tf, { a, b }) => tf.matMul(a, b),
  chain: (tf, { x, y }) => tf.sub(tf.mul(tf.maximum(tf.add(tf.mul(x, 0.999), y), -1), 0.5), tf.mul(y, 0.25)),
  softmax: (tf, { x }) => tf.softmax(x),
  sum: (tf, { x }) => tf.sum(x),
  normal: (tf, _, { n }) => tf.randomNormal([n]),
}

/** TensorFlow.js on one of its backends. Both compute at once: a step ends when its result is there, and `result` reads it. */
export const over =
  backend =>
  async ({ kind, sizes, arrays }) => {
    const tf = peer('@tensorflow/tfjs')
    if (backend === 'wasm') peer('@tensorflow/tfjs-backend-wasm')
    await tf.setBackend(backend)
    await tf.ready()
    if (tf.getBackend() !== backend) throw new Error(`tfjs runs on ${tf.getBackend()} instead of ${backend}`)
    // WebGPU reads back by promise alone; elsewhere nobody is made to wait for one.
    const read = value => (backend === 'webgpu' ? value.data() : value.dataSync())
    const tensors = Object.fromEntries(
      Object.entries(arrays).map(([name, { shape, data }]) => [name, tf.tensor(data, shape)]),
    )
    if (losses[kind] !== undefined) {
      const parameters = {}
      for (const [name, tensor] of Object.entries(tensors))
        if (name.startsWith('p.')) parameters[name.slice(2)] = tf.variable(tensor)
      const loss = losses[kind](tf, sizes)
      const optimiser = tf.train.adam(1e-3, 0.9, 0.999, 1e-8)
      return {
        step: async () => {
          const value = optimiser.minimize(() => loss(parameters, tensors), true)
          const [number] = await read(value)
          value.dispose()
          return number
        },
      }
    }
    const cannot = {
      conv: backend === 'wasm' ? 'tfjs has no gradient of convolutions on wasm' : 'not written for tfjs',
      compile: 'eager: nothing to compile',
    }
    if (cannot[kind] !== undefined) return { cannot: cannot[kind] }
    let last
    const put = value => {
      last?.dispose()
      last = value
    }
    const result = async () => Float32Array.from(await read(last))
    if (kind === 'overhead') {
      put(tensors.x)
      return { step: () => put(tf.tidy(() => tf.add(tf.mul(last, 0.5), 0.25))), result }
    }
    return { step: () => put(tf.tidy(() => results[kind](tf, tensors, sizes))), result }
  }
