import { generate, key, leavesOf } from '@elbo/tensor'
import { fashionMnistUNet, unet } from '@elbo/diffusion'
import { filled, labels, noise, places, uniform, weights } from './inputs.js'

/**
 * What is timed. `kind` and `sizes` tell a contestant what to do with the `arrays`; those that begin with `p.` are parameters. A training
 * step compares the losses of its first three steps, other work its result. `flops` counts multiplications and additions of products;
 * `bytes` what a memory-bound work must move. A work with `among` is for those alone.
 */
const matmul = n => ({
  name: `matmul-${n}`,
  ...{ kind: 'matmul', sizes: { n }, compares: 'array', tolerance: 1e-5, flops: 2 * n ** 3 },
  arrays: { a: uniform([n, n], -1, 1), b: uniform([n, n], -1, 1) },
})

const vae = batch => ({
  ...{ kind: 'vae', sizes: { batch }, compares: 'losses', tolerance: 1e-5, isStep: true },
  flops: 2 * batch * (3 * (784 * 400 + 400 * 40 + 20 * 400 + 400 * 784) - 784 * 400),
  arrays: {
    ...{ x: uniform([batch, 784], 0, 1), noise: noise([batch, 20]) },
    ...{ 'p.w1': weights([784, 400], 784), 'p.b1': filled([400], 0) },
    ...{ 'p.w2': weights([400, 40], 400), 'p.b2': filled([40], 0) },
    ...{ 'p.w3': weights([20, 400], 20), 'p.b3': filled([400], 0) },
    ...{ 'p.w4': weights([400, 784], 400), 'p.b4': filled([784], 0) },
  },
})

const gru = ({ batch = 128, hidden = 128, length = 28 }) => ({
  ...{ kind: 'gru', sizes: { batch, hidden, length }, compares: 'losses', tolerance: 1e-5, isStep: true },
  flops: 2 * batch * length * 3 * hidden * (3 * hidden + 2 * 28),
  arrays: {
    ...{ x: uniform([length, batch, 28], 0, 1), y: labels([batch, 10]) },
    ...{ 'p.wx': weights([28, 3 * hidden], hidden), 'p.bx': weights([3 * hidden], hidden) },
    ...{ 'p.wh': weights([hidden, 3 * hidden], hidden), 'p.bh': weights([3 * hidden], hidden) },
    ...{ 'p.wo': weights([hidden, 10], hidden), 'p.bo': filled([10], 0) },
  },
})

const layer = (name, inputs, outputs) => ({
  [`p.w${name}`]: weights([inputs, outputs], inputs),
  [`p.b${name}`]: filled([outputs], 0),
})

const denoiser = batch => ({
  ...{ kind: 'denoiser', sizes: { batch }, compares: 'losses', tolerance: 1e-5, isStep: true },
  flops: 2 * batch * (3 * (130 * 256 + 2 * 256 * 256 + 256 * 2) - 130 * 256),
  arrays: {
    ...{ x: uniform([batch, 130], -1, 1), y: uniform([batch, 2], -1, 1) },
    ...{ ...layer(1, 130, 256), ...layer(2, 256, 256), ...layer(3, 256, 256), ...layer(4, 256, 2) },
  },
})

const kernel = (name, outputs, inputs) => ({
  [`p.w${name}`]: weights([outputs, inputs, 3, 3], 9 * inputs),
  [`p.b${name}`]: filled([outputs], 0),
})
const scale = (name, channels) => ({
  [`p.s${name}`]: filled([channels], 1),
  [`p.t${name}`]: filled([channels], 0),
})

const conv = batch => ({
  ...{ kind: 'conv', sizes: { batch }, compares: 'losses', tolerance: 1e-4, isStep: true },
  flops:
    2 *
    batch *
    (3 * 9 * (784 * 32 + 196 * 32 * 64 + 196 * 64 * 64 + 784 * 64 * 32 + 784 * 32) - 9 * 784 * 32),
  arrays: {
    ...{ x: uniform([batch, 1, 28, 28], 0, 1), y: uniform([batch, 1, 28, 28], 0, 1) },
    ...{ ...kernel(1, 32, 1), ...scale(1, 32), ...kernel(2, 64, 32), ...scale(2, 64) },
    ...{ ...kernel(3, 64, 64), ...scale(3, 64), ...kernel(4, 32, 64), ...scale(4, 32), ...kernel(5, 1, 32) },
  },
})

const leaves = leavesOf(generate(key(0))(unet(fashionMnistUNet).init)).map(({ path, leaf }) => [
  path,
  leaf.shape,
])

/** Norms begin as they are, all else as drawn, embeddings too: what begins as 0 would hide what is behind it. */
const drawnAs = (path, shape) =>
  shape.length > 1
    ? weights(shape, shape.length === 2 ? shape[0] : shape[1] * shape[2] * shape[3])
    : filled(shape, /norm\d?\.weight$/.test(path) ? 1 : 0)

/** The multiplications and additions of the three products of each convolution and linear layer for one image, where its outputs are so many. */
const unetProducts = leaves
  .filter(([, shape]) => shape.length === 4)
  .reduce((sum, [path, [outputs, inputs, height, width]]) => {
    const depth = path.split('inside').length - 1 + (path.endsWith('down.weight') ? 1 : 0)
    return sum + 6 * outputs * inputs * height * width * (28 / 2 ** depth) ** 2
  }, 0)

const unetStep = batch => ({
  ...{ kind: 'unet', sizes: { batch }, compares: 'losses', tolerance: 1e-4, isStep: true },
  ...{ among: ['elbo-cpu', 'pytorch', 'pytorch-tuned'], flops: batch * unetProducts },
  arrays: {
    ...{ z: noise([batch, 1, 28, 28]), epsilon: noise([batch, 1, 28, 28]) },
    ...{ times: uniform([batch], 0, 1), labels: places([batch], 11) },
    ...Object.fromEntries(leaves.map(([path, shape]) => [`p.${path}`, drawnAs(path, shape)])),
  },
})

/** Draws agree by mean, variance and fourth moment, each in the distribution's own deviations. */
const draws = (kind, sizes, tolerance, moments) => ({
  ...{ kind, sizes: { n: 1 << 20, ...sizes }, compares: 'moments', tolerance, moments, arrays: {} },
})

const tenths = Array.from({ length: 10 }, (_, i) => (i + 1) / 55)
const ours = { among: ['elbo-cpu', 'numpy'] }

const many = 1 << 22

export const works = [
  ...[256, 512, 1024].map(matmul),
  {
    name: 'elementwise-chain',
    ...{ kind: 'chain', sizes: { n: many }, compares: 'array', tolerance: 1e-6, bytes: 12 * many },
    arrays: { x: uniform([many], -1, 1), y: uniform([many], -1, 1) },
  },
  {
    name: 'softmax-1024',
    ...{ kind: 'softmax', sizes: { n: 1024 }, compares: 'array', tolerance: 1e-5 },
    arrays: { x: uniform([1024, 1024], -4, 4) },
  },
  {
    name: 'reduce-sum',
    ...{ kind: 'sum', sizes: { n: many }, compares: 'array', tolerance: 1e-4 },
    arrays: { x: uniform([many], 0, 1) },
  },
  { name: 'random-normal', ...draws('normal', {}, 0.02, { mean: 0, deviation: 1, kurtosis: 3 }) },
  {
    name: 'random-gamma',
    ...ours,
    ...draws('gamma', { concentration: 2.5 }, 0.03, {
      ...{ mean: 2.5, deviation: Math.sqrt(2.5), kurtosis: 3 + 6 / 2.5 },
    }),
  },
  ...[4, 40].map(rate => ({
    name: `random-poisson-${rate}`,
    ...ours,
    ...draws('poisson', { rate }, 0.02, { mean: rate, deviation: Math.sqrt(rate), kurtosis: 3 + 1 / rate }),
  })),
  {
    name: 'random-categorical',
    ...ours,
    // The sums of powers of 0 … 9 with weights 1 … 10: mean 6, variance 6, fourth central moment 85.2.
    ...draws('categorical', { probs: tenths }, 0.02, {
      ...{ mean: 6, deviation: Math.sqrt(6), kurtosis: 85.2 / 36 },
    }),
  },
  { name: 'vae-step', ...vae(128) },
  { name: 'gru-step', ...gru({}) },
  { name: 'denoiser-step', ...denoiser(512) },
  { name: 'conv-step', ...conv(32) },
  { name: 'unet-step', ...unetStep(64) },
  {
    name: 'compile-10k-nodes',
    ...{ kind: 'compile', sizes: { nodes: 10_000 }, compares: 'array', tolerance: 1e-5 },
    arrays: { x: uniform([4], -1, 1) },
  },
  {
    name: 'step-overhead',
    ...{ kind: 'overhead', sizes: {}, compares: 'array', tolerance: 0, arrays: { x: filled([1], 1) } },
  },
  ...[32, 128, 512, 1024].map(n => ({ name: `vae-step-batch-${n}`, isScaling: true, ...vae(n) })),
  ...[64, 128, 256, 512, 1024].map(n => ({
    name: `gru-step-hidden-${n}`,
    isScaling: true,
    ...gru({ hidden: n }),
  })),
  ...[28, 150, 600].map(n => ({ name: `gru-step-length-${n}`, isScaling: true, ...gru({ length: n }) })),
  { name: 'conv-step-batch-4', isScaling: true, ...conv(4) },
]
