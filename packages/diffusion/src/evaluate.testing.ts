import { constant, cpu, evaluator, ndarray, reference, run, type AnyTensor, type Tensor } from '@elbo/tensor'

type Evaluate = ReturnType<typeof evaluator>
export const onCpu: Evaluate = evaluator(run(cpu({ threads: 1 })))
export const inDoubles: Evaluate = evaluator(run(reference({ precision: 'f64' })))

export const numbers = async (x: AnyTensor, on: Evaluate = onCpu): Promise<readonly number[]> =>
  Array.from((await on(x)).data)

export const data = <const S extends readonly number[]>(
  values: readonly number[],
  shape: S,
): Tensor<[...S]> => constant(ndarray(values, shape)) as unknown as Tensor<[...S]>
