import { readFileSync } from 'node:fs'
import { inNode, inPython } from './handles.js'
import { findPython, isMistaken } from './peers.js'

const inPyTorch = (python, tuning) => threads =>
  inPython(python, { ...tuning, OPENBLAS_NUM_THREADS: String(threads), OMP_NUM_THREADS: String(threads) })

const processor = () => {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8')
  } catch {
    return ''
  }
}

/**
 * Everyone that can be timed: a new one is a row here and a file in contestants/. `isSlow` ones run as often as fits in a few seconds;
 * `isPeer` ones have to be fetched first; one with `kinds` takes part in those alone.
 */
export const implementations = say => {
  const python = findPython()
  if (python === undefined) say('PyTorch is left out: no python3 with torch and numpy was found.')
  const mistaken = python !== undefined && isMistaken(python, processor())
  if (mistaken) {
    say(
      'OpenBLAS takes this processor for a Prescott. `pytorch` runs as installed, `pytorch-tuned` with OPENBLAS_CORETYPE=SkylakeX.',
    )
  }
  const own = [
    { name: 'elbo-cpu', threads: [1, 2], start: inNode },
    { name: 'elbo-gpu-webgpu', threads: [1], start: inNode, isSlow: true, isPeer: true },
    { name: 'elbo-gpu-webgl2', threads: [1], start: inNode, isSlow: true, isPeer: true },
    { name: 'elbo-reference', threads: [1], start: inNode, isSlow: true },
  ]
  const peers = [
    { name: 'tfjs-wasm', threads: [1], start: inNode, isPeer: true },
    { name: 'tfjs-cpu', threads: [1], start: inNode, isPeer: true, isSlow: true },
    { name: 'tfjs-webgpu', threads: [1], start: inNode, isPeer: true, isSlow: true },
    { name: 'tfjs-webgl', threads: [1], start: inNode, isPeer: true, isSlow: true },
    { name: 'jax-js-wasm', threads: [1], start: inNode, isPeer: true },
    { name: 'copy', threads: [1], start: inNode, kinds: ['chain'] },
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
  return [...own, ...peers]
}
