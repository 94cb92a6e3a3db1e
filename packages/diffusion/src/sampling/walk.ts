import { arange, scan, zerosLike, type Shape, type Tensor } from '@elbo/tensor'
import type { Denoiser } from '../process/denoiser.js'
import type { Sampler, State } from './sampler.js'
import type { Table, TableRow } from './table.js'

/** Where a sampler starts: with nothing to remember, which the first rows do not look at. */
export const startOf = <S extends Shape>({ remembers }: Sampler, z: Tensor<S>): State<S> => ({
  z,
  history: Array.from({ length: remembers }, () => zerosLike(z)),
})

/** A step's number, from 0. */
type Step = Tensor<readonly [], 'u32'>

/** All steps of a table as one loop: the last state, and z after each step, along a first axis. */
export const walk =
  (sampler: Sampler, table: Table, length: number) =>
  <S extends Shape>(
    denoise: Denoiser<S>,
    z: Tensor<S>,
    noiseAt: (step: Step) => Tensor<S>,
  ): readonly [State<S>, Tensor<readonly [number, ...S]>] => {
    const [state, all] = scan<State<S>, { readonly row: TableRow; readonly step: Step }, Tensor<S>>(
      (at, { row, step }) => {
        const next = sampler.step(denoise, row, sampler.stochastic ? noiseAt(step) : zerosLike(at.z))(at)
        return [next, next.z]
      },
    )(startOf(sampler, z), { row: table, step: arange(length, 'u32') })
    return [state, all as unknown as Tensor<readonly [number, ...S]>]
  }
