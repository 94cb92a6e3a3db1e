import { gpu } from '@elbo/tensor/gpu'
import { constant, cpu, evaluator, ndarray, reference, run, type AnyTensor } from '@elbo/tensor'

type Evaluate = ReturnType<typeof evaluator>

/** What the laws run on: the embedded backend, and the oracle in single and in double precision. */
export const onCpu: Evaluate = evaluator(run(cpu({ threads: 1 })))
export const onReference: Evaluate = evaluator(run(reference()))
/** gpu.js without a GPU: kernels as on a device, in JavaScript. */
export const onGpuJs: Evaluate = evaluator(run(gpu({ mode: 'cpu' })))
export const inDoubles: Evaluate = evaluator(run(reference({ precision: 'f64' })))

export const numbers = async (x: AnyTensor, on: Evaluate = onCpu): Promise<readonly number[]> =>
  Array.from((await on(x)).data)

/** The value of a tensor, as a constant: nothing passes through it. */
export const fixed = async <T extends AnyTensor>(x: T): Promise<T> =>
  constant(ndarray(await numbers(x), x.shape, x.dtype)) as AnyTensor as T
