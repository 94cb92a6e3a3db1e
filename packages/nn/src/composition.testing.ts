import { cpu, evaluator, key, leavesOf, normal, run, type AnyTensor, type Tensor } from '@elbo/tensor'
import type { Images, Rows } from './layer.js'

export const evaluate = evaluator(run(cpu()))
export const numbers = async (x: unknown): Promise<readonly number[]> =>
  Array.from((await evaluate(x as Tensor)).data)
export const paths = (tree: unknown): readonly string[] =>
  leavesOf<AnyTensor>(tree).map(({ path, leaf }) => `${path} [${leaf.shape.join(', ')}]`)
export const images = <C extends number>(
  shape: readonly [number, C, number, number],
  seed: number,
): Images<C> => normal(shape)(key(seed)) as Tensor as Images<C>
export const rows = <N extends number>(shape: readonly [number, N], seed: number): Rows<N> =>
  normal(shape)(key(seed)) as Tensor as Rows<N>
