import { readFileSync } from 'node:fs'
import { inNode, inPython } from './handles.js'
import { findPython, isMistaken } from './peers.js'

const inPyTorch = (python, tuning) => threads =>
  inPython(python, 'pytorch.py', {
    ...tuning,
    OPENBLAS_NUM_THREADS: String(threads),
    OMP_NUM_THREADS: String(threads),
  })

const processor = () => {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8')
  } catch {
    return ''
  }
}

/**
 * Everyone that can be timed: a new one is a row here and a file in contestants/. The first is who the others have to agree with. `isSlow`
 * ones run as often as fits in a few seconds, and take no part in work of more than `mostFlops`; `isPeer` ones have to be fetched first; one
 * with `kinds` takes part in those alone; one with another `optimiser` than Adam is held against others that have the same.
 * @param {(text: string) => void} say
 * @param {(name: string) => boolean} isWanted
 */
export const implementations = (say, isWanted = () => true) => {
  const pythonWith = (peer, modules, names) => {
    if (!names.some(isWanted)) return undefined
    const found = findPython(modules)
    if (found === undefined) say(`${peer} is left out: no python3 with ${modules.join(' and ')} was found.`)
    return found
  }
  const python = pythonWith('PyTorch', ['torch', 'numpy'], ['pytorch', 'pytorch-tuned'])
  const pythonOfNumPy = pythonWith('NumPy', ['numpy'], ['numpy'])
  const mistaken = python !== undefined && isMistaken(python, processor())
  if (mistaken) {
    say(
      'OpenBLAS takes this processor for a Prescott. `pytorch` runs as installed, `pytorch-tuned` with OPENBLAS_CORETYPE=SkylakeX.',
    )
  }
  const own = [
    { name: 'elbo-cpu', threads: [1, 2], start: inNode },
    { name: 'elbo-cpu-unrolled', threads: [1, 2], start: inNode, kinds: ['gru'] },
    { name: 'elbo-gpu-webgpu', threads: [1], start: inNode, isSlow: true, isPeer: true, mostFlops: 1.5e9 },
    { name: 'elbo-gpu-webgl2', threads: [1], start: inNode, isSlow: true, isPeer: true, mostFlops: 1.5e9 },
    { name: 'elbo-reference', threads: [1], start: inNode, isSlow: true, mostFlops: 1.5e9 },
  ]
  const peers = [
    { name: 'tfjs-wasm', threads: [1], start: inNode, isPeer: true },
    { name: 'tfjs-cpu', threads: [1], start: inNode, isPeer: true, isSlow: true, mostFlops: 5e9 },
    { name: 'tfjs-webgpu', threads: [1], start: inNode, isPeer: true, isSlow: true, mostFlops: 1.5e9 },
    { name: 'tfjs-webgl', threads: [1], start: inNode, isPeer: true, isSlow: true, mostFlops: 1.5e9 },
    { name: 'jax-js-wasm', threads: [1], start: inNode, isPeer: true },
    { name: 'onnxruntime-web', threads: [1, 2], start: inNode },
    { name: 'gpujs-webasm', threads: [1], start: inNode, isPeer: true },
    { name: 'gpujs-cpu', threads: [1], start: inNode, isPeer: true, isSlow: true, mostFlops: 1.5e9 },
    { name: 'copy', threads: [1], start: inNode, kinds: ['chain'] },
    ...(pythonOfNumPy === undefined
      ? []
      : [
          {
            ...{ name: 'numpy', threads: [1], kinds: ['normal', 'gamma', 'poisson', 'categorical'] },
            start: () => inPython(pythonOfNumPy, 'numpy-generator.py', {}),
          },
        ]),
    ...(python === undefined ? [] : [{ name: 'pytorch', threads: [1, 2], start: inPyTorch(python, {}) }]),
    ...(mistaken
      ? [
          {
            ...{ name: 'pytorch-tuned', threads: [1, 2] },
            start: inPyTorch(python, { OPENBLAS_CORETYPE: 'SkylakeX' }),
          },
        ]
      : []),
  ]
  const steps = { kinds: ['vae', 'gru', 'denoiser', 'conv'], optimiser: 'descent' }
  const descent = [
    { name: 'elbo-cpu-descent', threads: [1], start: inNode, ...steps },
    { name: 'jax-js-wasm-descent', threads: [1], start: inNode, isPeer: true, ...steps },
  ]
  return [...own, ...peers, ...descent].filter(({ name }) => isWanted(name))
}
