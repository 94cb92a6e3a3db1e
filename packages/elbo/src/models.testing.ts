import { readFileSync } from 'node:fs'
import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  broadcastTo,
  cpu,
  evaluator,
  exp,
  fromNested,
  constant,
  matmul,
  ndarray,
  reference,
  run,
  scalar,
  take,
  tanh,
  transpose,
  type AnyTensor,
  type Nested,
  type Tensor,
} from '@elbo/tensor'
import { Categorical, MultivariateNormal, Normal, toEvent } from '@elbo/distributions'
import { Do, site } from './program.js'

/** Models with known evidence, as `fixtures/models.py` has them. */

type Evaluate = ReturnType<typeof evaluator>
export const onCpu: Evaluate = evaluator(run(cpu({ threads: 1 })))
export const inDoubles: Evaluate = evaluator(run(reference({ precision: 'f64' })))

export const numbers = async (x: AnyTensor, on: Evaluate = onCpu): Promise<readonly number[]> =>
  Array.from((await on(x)).data)

export const fixture = <T>(name: string): T =>
  (
    JSON.parse(readFileSync(new URL('../fixtures/models.json', import.meta.url), 'utf8')) as Record<string, T>
  )[name]

type Rows = readonly (readonly number[])[]
export const matrix = <const S extends readonly number[]>(rows: Nested, shape: S): Tensor<[...S]> =>
  constant(ndarray(Array.from(fromNested(rows).data), shape)) as unknown as Tensor<[...S]>

/** Within a relative error; differences below 1 count as they are. */
export const expectClose = (
  found: readonly number[],
  expected: readonly number[],
  tolerance: number,
): void => {
  expected.forEach((value, i) => {
    const error = Math.abs(found[i] - value) / Math.max(1, Math.abs(value))
    if (!(error <= tolerance))
      throw new Error(`[${i}]: found ${found[i]}, expected ${value}: off by ${error}`)
  })
}

export interface Ppca {
  readonly w: Rows
  readonly b: readonly number[]
  readonly sigma: number
  readonly x: Rows
  readonly loc: Rows
  readonly scale: Rows
  readonly logMarginal: readonly number[]
  readonly posteriorMean: Rows
  readonly posteriorTril: Rows
  readonly bestScale: readonly number[]
  readonly meanFieldGap: number
  readonly guideGap: readonly number[]
  readonly reconstruction: readonly number[]
  readonly kl: readonly number[]
  readonly gradient: { readonly loc: Rows; readonly logScale: Rows; readonly w: Rows; readonly sigma: number }
}
export const ppca = fixture<Ppca>('ppca')

export interface PpcaParameters {
  readonly loc: Tensor<[4, 2]>
  readonly logScale: Tensor<[4, 2]>
  readonly w: Tensor<[3, 2]>
  readonly sigma: Tensor<[]>
}
export const ppcaParameters: PpcaParameters = {
  loc: matrix(ppca.loc, [4, 2]),
  logScale: matrix(
    ppca.scale.map(row => row.map(Math.log)),
    [4, 2],
  ),
  w: matrix(ppca.w, [3, 2]),
  sigma: scalar(ppca.sigma),
}
export const ppcaData = matrix(ppca.x, [4, 3])

const standard = pipe(
  Normal({
    loc: matrix(
      [
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 0],
      ],
      [4, 2],
    ),
    scale: 1,
  }),
  toEvent(1),
)

/** x ~ Norm[Wz + b, σ²I] */
export const ppcaModel = ({ w, sigma }: Pick<PpcaParameters, 'w' | 'sigma'>) =>
  pipe(
    Do,
    site('z', standard),
    site('x', ({ z }) =>
      pipe(
        Normal({ loc: pipe(z, matmul(transpose([1, 0])(w)), add(matrix(ppca.b, [3]))), scale: sigma }),
        toEvent(1),
      ),
    ),
  )

/** Independent coordinates. */
export const ppcaGuide = ({ loc, logScale }: Pick<PpcaParameters, 'loc' | 'logScale'>) =>
  pipe(Do, site('z', pipe(Normal({ loc, scale: exp(logScale) }), toEvent(1))))

/** P(z | x) */
export const ppcaPosterior = pipe(
  Do,
  site(
    'z',
    MultivariateNormal({
      loc: matrix(ppca.posteriorMean, [4, 2]),
      scaleTril: matrix(ppca.posteriorTril, [2, 2]),
    }),
  ),
)

export interface Nonlinear {
  readonly u: Rows
  readonly c: readonly number[]
  readonly v: Rows
  readonly d: readonly number[]
  readonly sigma: number
  readonly x: Rows
  readonly logMarginal: readonly number[]
}

/** The notes' model: z ~ Norm[0, I], x ~ Norm[f(z), σ²I], for three x. */
export const nonlinear = <const N extends number>(dimension: N, { u, c, v, d, sigma }: Nonlinear) => {
  const f = (z: Tensor<[3, N]>) =>
    pipe(
      z as Tensor<number[]>,
      matmul(transpose([1, 0])(matrix(u, [4, dimension as number]))),
      add(matrix(c, [4])),
      tanh,
      matmul(transpose([1, 0])(matrix(v, [2, 4]))),
      add(matrix(d, [2])),
    ) as Tensor<[3, 2]>
  const origin = matrix(
    [0, 1, 2].map(() => Array.from({ length: dimension }, () => 0)),
    [3, dimension],
  )
  return pipe(
    Do,
    site('z', pipe(Normal({ loc: origin, scale: 1 }), toEvent(1))),
    site('x', ({ z }) => pipe(Normal({ loc: f(z as Tensor<[3, N]>), scale: sigma }), toEvent(1))),
  )
}

export interface Mixture {
  readonly logits: readonly number[]
  readonly means: readonly number[]
  readonly scale: number
  readonly x: readonly number[]
  readonly guide: Rows
  readonly logMarginal: readonly number[]
  readonly posteriorLogits: Rows
  readonly elbo: readonly number[]
  readonly gradient: {
    readonly logits: readonly number[]
    readonly means: readonly number[]
    readonly guide: Rows
  }
}
export const mixture = fixture<Mixture>('mixture')
export interface MixtureParameters {
  readonly logits: Tensor<[3]>
  readonly means: Tensor<[3]>
  readonly guide: Tensor<[4, 3]>
}
export const mixtureParameters: MixtureParameters = {
  logits: matrix(mixture.logits, [3]),
  means: matrix(mixture.means, [3]),
  guide: matrix(mixture.guide, [4, 3]),
}
export const mixtureData = matrix(mixture.x, [4])

/** x ~ Norm[μ_z, s²] with z ~ Cat[softmax(l)]. */
export const mixtureModel = ({ logits, means }: Pick<MixtureParameters, 'logits' | 'means'>) =>
  pipe(
    Do,
    site('z', Categorical({ logits: broadcastTo([4, 3])(logits) })),
    site('x', ({ z }) => Normal({ loc: take(z, 0)(means), scale: mixture.scale })),
  )

export const mixtureGuide = (logits: Tensor<[4, 3]>) => pipe(Do, site('z', Categorical({ logits })))
