import * as t from '@elbo/tensor'
import type { AnyTensor, Backend, NDArray, Tensor } from '@elbo/tensor'
import { describe, expect, it } from '@jest/globals'
import { disagreements, exact, near, type Tolerance } from './agreement.js'
import { disagreeing, evaluateOn } from './batch.js'
import { oraclesOf, type Case } from './case.js'
import { draw, listed, special } from './values.js'
import { derivativesOf, programOf, type GradientCase } from './gradients/case.js'
import { operationGradients } from './gradients/operations.js'
import { primitiveGradients } from './gradients/primitives.js'
import { scanGradients } from './gradients/scans.js'

type Real = Tensor<number[]>

/** Numbers that are not finite, in rows of their own: no other row may notice. */
const rows = listed(
  [
    1,
    2,
    3,
    4,
    NaN,
    1,
    2,
    3,
    Infinity,
    1,
    2,
    3,
    -Infinity,
    1,
    2,
    3,
    -Infinity,
    -Infinity,
    -Infinity,
    -Infinity,
    30,
    30,
    -30,
    1,
    -0,
    0,
    -0,
    0,
  ],
  [7, 4],
)

const whole = (
  about: string,
  inputs: readonly NDArray[],
  f: (...inputs: readonly Real[]) => AnyTensor | readonly AnyTensor[],
): Case => ({
  about,
  inputs,
  build: values => [f(...(values as readonly Real[]))].flat(),
})

const arithmetic: Case = {
  about: 'arithmetic with 0, −0, 1 and −1',
  inputs: [listed(special.f32)],
  agreement: exact,
  build: ([given]) => {
    const x = given as Real
    return [0, -0, 1, -1].flatMap(number => {
      const other = t.full(x.shape, number)
      return [t.add, t.sub, t.mul, t.div, t.maximum, t.minimum, t.mod].flatMap(f => [
        f(number)(x),
        f(x)(other),
      ])
    })
  },
}

const notFinite: readonly Case[] = [
  arithmetic,
  whole('softmax', [rows], x => [t.softmax()(x), t.logSoftmax()(x)]),
  whole('logSumExp', [rows], x => [t.logSumExp(1)(x), t.logSumExp(0)(x)]),
  whole('reductions', [rows], x => [t.max(1)(x), t.min(1)(x), t.mean(0)(x)]),
  whole('sorting', [rows], x => [t.sort()(x), t.argsort(0, { descending: true })(x), t.topK(2)(x).values]),
  whole('functions', [rows], x => [
    t.sigmoid(x),
    t.softplus(x),
    t.silu(x),
    t.gelu(x),
    t.relu(x),
    t.elu(x),
    t.sinh(x),
    t.cosh(x),
  ]),
  whole('tests', [rows], x => [t.isNaN(x), t.isFinite(x), t.clip(-1, 1)(x), t.argmax(1)(x), t.argmin(1)(x)]),
  whole('a product of which one row is not finite', [rows, draw([4, 5], 1)], (x, w) => t.matmul(w)(x)),
  whole('a hidden layer', [rows, draw([4, 17], 1), draw([17], 2)], (x, w, b) =>
    t.tanh(t.add(b)(t.matmul(w)(x))),
  ),
  whole('an attention mask', [draw([2, 5, 5], 3)], x => {
    const seen = t.le(t.reshape([5, 1])(t.arange(5)))(t.broadcastTo([5, 5])(t.arange(5)))
    return t.softmax()(t.where(x, t.full([], -Infinity))(seen as never) as unknown as Real)
  }),
  whole('pooling', [listed(Array.from(rows.data).slice(0, 16), [1, 1, 4, 4])], x => [
    t.maxPool(2)(x),
    t.avgPool(2)(x),
    t.maxPool(3, { stride: 1, padding: 1 })(x),
    t.resize([8, 8], 'nearest')(x),
  ]),
  whole('a gradient through a maximum and a logarithm', [rows], x =>
    t.grad((z: Real) => t.sum()(t.logSumExp(1)(t.maximum(0)(z))))(x),
  ),
]

/** So many derivatives make one program: they share nothing, but opening takes its time. */
const atOnce = 24

/** Registers whole programs: numbers that are not finite, and gradients of everything. */
export const wholeProgramTests = (backend: () => Backend, tolerance?: Tolerance): void => {
  describe('runs whole programs', () => {
    it.each(notFinite)('with numbers that are not finite: $about', async situation => {
      for (const passes of [[], t.passNames]) {
        const variant = { about: '', passes, tolerance }
        expect(await disagreeing(backend(), [situation], near(1e-5), variant)).toEqual([])
      }
    })

    const gradients: readonly (readonly [string, readonly GradientCase[]])[] = [
      [
        'of primitives',
        Object.values(primitiveGradients).flatMap(all => (typeof all === 'string' ? [] : all)),
      ],
      ['of operations', operationGradients],
      ['of loops', scanGradients],
    ]
    it.each(gradients)('that are first and second derivatives %s', async (_, situations) => {
      const all = situations.flatMap(({ about, inputs, ...rest }) =>
        derivativesOf({ about, inputs, ...rest }).map(derivative => ({
          about: `${about}, ${derivative.order} derivative`,
          inputs,
          ...derivative,
        })),
      )
      const wrong: string[] = []
      for (let from = 0; from < all.length; from += atOnce) {
        const some = all.slice(from, from + atOnce)
        const together = programOf(
          some.flatMap(({ parameters }) => parameters),
          some.flatMap(({ slopes }) => slopes),
        )
        const got = await evaluateOn(
          backend(),
          t.optimise(together),
          some.flatMap(({ inputs }) => inputs),
        )
        let next = 0
        for (const { about, inputs, parameters, slopes } of some) {
          for (const oracle of oraclesOf(programOf(parameters, slopes), inputs))
            wrong.push(...disagreements(got[next++], near(1e-4), oracle).map(text => `${about}: ${text}`))
        }
      }
      expect(wrong).toEqual([])
    })
  })
}
