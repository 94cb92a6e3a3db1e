import type { Shape } from '@elbo/tensor'
import { apply, primitives, type ParamsOf } from '@elbo/tensor/internals'
import { exact, summation, type Agreement } from '../agreement.js'
import type { Case, Cases } from '../case.js'
import { draw, type Kind } from '../values.js'

const list = (numbers: readonly number[]): string => `[${numbers.join(', ')}]`

/** Batch, rows, columns, inner. */
const sizes: readonly (readonly [number, number, number, number])[] = [
  [1, 1, 1, 1],
  [1, 2, 3, 5],
  [1, 1, 17, 7],
  [1, 17, 1, 33],
  [1, 3, 16, 4],
  [1, 5, 15, 3],
  [1, 33, 31, 17],
  [1, 8, 32, 600],
  [1, 63, 65, 130],
  [2, 3, 4, 5],
  [3, 1, 1, 9],
  [5, 7, 2, 1],
  [4, 17, 18, 19],
  [0, 2, 3, 4],
  [2, 0, 3, 4],
  [2, 3, 0, 4],
  [2, 3, 4, 0],
]

const product = (
  [batch, m, n, k]: readonly [number, number, number, number],
  kind: Kind,
  flags: ParamsOf<'matmul'>,
  agreement?: Agreement,
): Case => {
  const left = flags.transposeLeft ? [batch, k, m] : [batch, m, k]
  const right = flags.transposeRight ? [batch, n, k] : [batch, k, n]
  return {
    about: `${list(left)}${flags.transposeLeft ? 'ᵀ' : ''} x ${list(right)}${flags.transposeRight ? 'ᵀ' : ''}, ${kind}`,
    inputs: [draw(left, m + k, kind), draw(right, n + k + 77, kind)],
    build: inputs => [apply(primitives.matmul, inputs, flags)],
    ...(agreement === undefined ? {} : { agreement }),
  }
}

const everyFlag: readonly ParamsOf<'matmul'>[] = [false, true].flatMap(transposeLeft =>
  [false, true].map(transposeRight => ({ transposeLeft, transposeRight })),
)

export const matmulCases: Cases = {
  agreement: summation,
  cases: () =>
    everyFlag.flatMap(flags => [
      ...sizes.map(size => product(size, 'ordinary', flags)),
      // Whole numbers leave nothing to rounding: a lane that reads its neighbour is seen.
      ...sizes.map(size => product(size, 'whole', flags, exact)),
      ...sizes.slice(1, 6).map(size => product(size, 'special', flags)),
      product([2, 9, 18, 11], 'wide', flags),
      product([1, 33, 35, 5], 'special', flags),
    ]),
}

type Pair = readonly [number, number]

interface Situation {
  readonly image: readonly [number, number, number, number]
  /** Features, height and width of the kernel. */
  readonly kernel: readonly [number, number, number]
  readonly stride?: Pair
  readonly padding?: readonly [Pair, Pair]
  readonly dilation?: Pair
  readonly groups?: number
}

const situations: readonly Situation[] = [
  { image: [1, 1, 1, 1], kernel: [1, 1, 1] },
  { image: [2, 3, 5, 7], kernel: [4, 1, 1] },
  { image: [1, 1, 5, 5], kernel: [1, 3, 3] },
  {
    image: [2, 3, 8, 9],
    kernel: [5, 3, 3],
    padding: [
      [1, 1],
      [1, 1],
    ],
  },
  { image: [1, 2, 7, 6], kernel: [3, 2, 3], stride: [2, 1] },
  {
    image: [1, 2, 7, 9],
    kernel: [3, 3, 2],
    stride: [2, 3],
    padding: [
      [1, 0],
      [0, 2],
    ],
  },
  { image: [2, 2, 9, 8], kernel: [2, 3, 3], dilation: [2, 1] },
  {
    image: [1, 2, 9, 11],
    kernel: [2, 2, 3],
    dilation: [3, 2],
    padding: [
      [2, 2],
      [1, 3],
    ],
    stride: [2, 2],
  },
  {
    image: [1, 4, 6, 6],
    kernel: [6, 3, 3],
    groups: 2,
    padding: [
      [1, 1],
      [1, 1],
    ],
  },
  { image: [2, 3, 5, 5], kernel: [3, 3, 3], groups: 3 },
  { image: [2, 4, 6, 5], kernel: [8, 1, 1], groups: 4, stride: [2, 2] },
  {
    image: [1, 6, 7, 7],
    kernel: [4, 3, 2],
    groups: 2,
    stride: [1, 2],
    dilation: [2, 1],
    padding: [
      [0, 1],
      [2, 0],
    ],
  },
  // Rows and columns that no window reaches, windows in the padding alone.
  { image: [1, 1, 6, 8], kernel: [2, 2, 2], stride: [4, 5] },
  {
    image: [1, 2, 2, 2],
    kernel: [1, 2, 2],
    padding: [
      [3, 3],
      [3, 2],
    ],
    stride: [2, 1],
  },
  { image: [1, 1, 1, 33], kernel: [17, 1, 5] },
  {
    image: [3, 5, 17, 1],
    kernel: [3, 4, 1],
    padding: [
      [2, 1],
      [0, 0],
    ],
  },
  { image: [0, 2, 5, 5], kernel: [3, 3, 3] },
  { image: [2, 0, 5, 5], kernel: [3, 3, 3] },
  { image: [2, 2, 5, 5], kernel: [0, 3, 3] },
]

const paramsOf = ({
  stride = [1, 1],
  padding = [
    [0, 0],
    [0, 0],
  ],
  dilation = [1, 1],
  groups = 1,
}: Situation): ParamsOf<'conv2d'> => ({ stride, padding, dilation, groups })

interface Shapes {
  readonly x: Shape
  readonly w: Shape
  readonly y: Shape
}

const shapesOf = (situation: Situation): Shapes => {
  const { image, kernel } = situation
  const params = paramsOf(situation)
  const w = [kernel[0], image[1] / params.groups, kernel[1], kernel[2]]
  const [{ shape: y }] = primitives.conv2d.outputs(
    [
      { shape: image, dtype: 'f32' },
      { shape: w, dtype: 'f32' },
    ],
    params,
  )
  return { x: image, w, y }
}

const aboutSituation = (situation: Situation): string => {
  const { stride, padding, dilation, groups } = paramsOf(situation)
  return `${list(situation.image)} by ${list(situation.kernel)}, stride ${list(stride)}, padding ${padding.map(list).join(' ')}, dilation ${list(dilation)}, ${groups} groups`
}

const convolutionCases = (
  of: (situation: Situation, shapes: Shapes) => readonly [a: Shape, b: Shape, build: Case['build']],
): Cases => ({
  agreement: summation,
  cases: () =>
    situations.flatMap((situation, i) => {
      const [a, b, build] = of(situation, shapesOf(situation))
      const about = aboutSituation(situation)
      const finite: readonly Case[] = [
        { about: `${about}, ordinary`, inputs: [draw(a, i), draw(b, i + 100)], build },
        {
          about: `${about}, whole`,
          inputs: [draw(a, i, 'whole'), draw(b, i + 100, 'whole')],
          build,
          agreement: exact,
        },
      ]
      // Padding is zeros that are never multiplied or that are, as a backend likes: 0 · ∞ is out of the comparison.
      const padded = paramsOf(situation)
        .padding.flat()
        .some(n => n > 0)
      return padded
        ? finite
        : [
            ...finite,
            { about: `${about}, wide`, inputs: [draw(a, i, 'wide'), draw(b, i + 100, 'wide')], build },
          ]
    }),
})

export const conv2dCases: Cases = convolutionCases((situation, { x, w }) => [
  x,
  w,
  inputs => [apply(primitives.conv2d, inputs, paramsOf(situation))],
])

export const conv2dInputCases: Cases = convolutionCases((situation, { x, w, y }) => [
  y,
  w,
  inputs => [apply(primitives.conv2dInput, inputs, { ...paramsOf(situation), size: [x[2], x[3]] })],
])

export const conv2dKernelCases: Cases = convolutionCases((situation, { x, w, y }) => [
  x,
  y,
  inputs => [apply(primitives.conv2dKernel, inputs, { ...paramsOf(situation), kernel: [w[2], w[3]] })],
])

const windowSituations = situations.filter(({ groups, kernel }) => groups === undefined && kernel[0] > 0)

export const unfoldCases: Cases = {
  agreement: exact,
  cases: () =>
    windowSituations.map((situation, i): Case => {
      const { stride, padding, dilation } = paramsOf(situation)
      const kernel = [situation.kernel[1], situation.kernel[2]] as const
      return {
        about: aboutSituation(situation),
        inputs: [draw(situation.image, i, 'special')],
        build: inputs => [apply(primitives.unfold, inputs, { stride, padding, dilation, kernel })],
      }
    }),
}

export const foldCases: Cases = {
  agreement: summation,
  cases: () =>
    windowSituations.flatMap((situation, i) =>
      (['ordinary', 'whole', 'special'] as const).map((kind): Case => {
        const { stride, padding, dilation } = paramsOf(situation)
        const { x, w, y } = shapesOf(situation)
        const windows = [x[0], x[1], w[2], w[3], y[2], y[3]]
        return {
          about: `${aboutSituation(situation)}, ${kind}`,
          inputs: [draw(windows, i, kind)],
          build: inputs => [
            apply(primitives.fold, inputs, {
              ...{ stride, padding, dilation, kernel: [w[2], w[3]], size: [x[2], x[3]] },
            }),
          ],
          ...(kind === 'whole' ? { agreement: exact } : {}),
        }
      }),
    ),
}
