import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import * as E from 'fp-ts/lib/Either.js'
import {
  constant,
  evaluate,
  fromNested,
  generate,
  key,
  leavesOf,
  mapTree,
  type Arrays,
  type NDArray,
  type Nested,
} from '@elbo/tensor'
import { fanInUniform } from '@elbo/nn'
import { readSafetensors, writeSafetensors } from '@elbo/train'
import { gru, type Gru, type GruOptions, type GruParameters } from '../gru.js'
import type { Sequence } from '../sequence.js'
import { readWeights, writeWeights, type LayoutOf } from './convert.js'
import { keras } from './keras.js'
import { onnx } from './onnx.js'
import { pytorch } from './pytorch.js'

interface Fixture {
  readonly x: Nested
  readonly pytorch: { readonly logits: Nested; readonly outputs: Nested; readonly states: readonly Nested[] }
  readonly others: readonly {
    readonly layout: 'Keras' | 'ONNX'
    readonly resetAfter: boolean
    readonly tensors: Readonly<Record<string, Nested>>
    readonly outputs: Nested
  }[]
}

const fixtures = (name: string): URL => new URL(`../../fixtures/${name}`, import.meta.url)
const fixture = JSON.parse(readFileSync(fixtures('layouts.json'), 'utf8')) as Fixture
const file = new Uint8Array(readFileSync(fixtures('pytorch.safetensors')))

type Any = Gru<number, number, GruOptions>
const model = (options: GruOptions): Any => gru<number, number, GruOptions>(3, 4, options)
const layoutsOf = {
  Keras: () => keras(),
  ONNX: (resetAfter: boolean) => onnx({ linearBeforeReset: resetAfter }),
}

const right = <A>(result: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message)
  return result.right
}
const { tensors } = right(readSafetensors('pytorch.safetensors')(file))
const left = <L>(result: E.Either<L, unknown>): L => {
  if (E.isRight(result)) throw new Error('should have failed')
  return result.left
}
const flat = (nested: Nested): number[] => (typeof nested === 'number' ? [nested] : nested.flatMap(flat))
const distance = (found: NDArray, expected: Nested): number => {
  const wanted = flat(expected)
  expect(found.data).toHaveLength(wanted.length)
  return (
    Math.max(...wanted.map((value, i) => Math.abs(found.data[i] - value))) / Math.max(...wanted.map(Math.abs))
  )
}
const outputsOf = (layer: Any, parameters: Arrays<GruParameters<number, number, GruOptions>>) => {
  const lifted = mapTree((value: NDArray) => constant(value))(parameters) as unknown as GruParameters<
    number,
    number,
    GruOptions
  >
  return evaluate(layer.apply(lifted)(constant(fromNested(fixture.x)) as unknown as Sequence<number>))
}

describe("PyTorch's weights", () => {
  const layer = model({ layers: 2, bidirectional: true, resetAfter: true })
  const read = readWeights('pytorch.safetensors', pytorch({ prefix: 'gru.' }))(layer)

  it('from a safetensors file give the outputs of PyTorch', async () => {
    const made = await outputsOf(layer, right(read(tensors)))
    expect(distance(made.outputs, fixture.pytorch.outputs)).toBeLessThanOrEqual(1e-5)
    leavesOf<NDArray>(made.states).forEach(({ leaf }, i) =>
      expect(distance(leaf, fixture.pytorch.states[i])).toBeLessThanOrEqual(1e-5),
    )
  })

  it('go back into the file as they were', () => {
    const written = writeWeights(pytorch({ prefix: 'gru.' }))(layer)(right(read(tensors)))
    const heads = [...tensors].filter(([name]) => name.startsWith('head.'))
    const again = writeSafetensors({ tensors: new Map([...written, ...heads]), metadata: { format: 'pt' } })
    const reread = right(readSafetensors('again')(again)).tensors
    expect(new Map(reread)).toEqual(new Map(tensors))
  })
})

describe.each(fixture.others)(
  "$layout's weights, reset after: $resetAfter",
  ({ layout, resetAfter, tensors, outputs }) => {
    const layer = model({ bidirectional: true, resetAfter })
    const layoutOf = layoutsOf[layout](resetAfter)
    const given = new Map(Object.entries(tensors).map(([name, values]) => [name, fromNested(values)]))

    it('give the outputs of its equations', async () => {
      const made = await outputsOf(layer, right(readWeights('weights', layoutOf)(layer)(given)))
      expect(distance(made.outputs, outputs)).toBeLessThanOrEqual(1e-5)
    })

    it('go back as they were, but for biases that add up', () => {
      const written = writeWeights(layoutOf)(layer)(right(readWeights('weights', layoutOf)(layer)(given)))
      const isSummed = layout === 'ONNX' && !resetAfter
      const names = [...given.keys()].filter(name => !isSummed || !name.endsWith('B'))
      names.forEach(name => expect(written.get(name)).toEqual(given.get(name)))
      expect([...written.keys()]).toEqual([...given.keys()])
    })
  },
)

describe('round trips', () => {
  const forms = [false, true].flatMap(resetAfter =>
    [1, 3].flatMap(layers => [false, true].map(bidirectional => ({ resetAfter, layers, bidirectional }))),
  )
  const layouts: readonly (readonly [
    string,
    (resetAfter: boolean) => LayoutOf,
    (form: GruOptions) => boolean,
  ])[] = [
    ['PyTorch', () => pytorch(), ({ resetAfter }) => resetAfter === true],
    ['Keras', () => keras(), () => true],
    ['ONNX', resetAfter => onnx({ linearBeforeReset: resetAfter }), () => true],
  ]
  const cases = layouts.flatMap(([name, layout, has]) =>
    forms.filter(has).map(form => ({ name, layout, form })),
  )

  it.each(cases)('through $name lose nothing of $form', async ({ layout, form }) => {
    const layer = model({ ...form, bias: fanInUniform })
    const parameters = await evaluate(generate(key(5))(layer.init))
    const layoutOf = layout(form.resetAfter)
    const there = writeWeights(layoutOf)(layer)(parameters)
    expect(right(readWeights('there', layoutOf)(layer)(there))).toEqual(parameters)
  })
})

describe('weights that do not fit', () => {
  const after = model({ layers: 2, bidirectional: true, resetAfter: true })
  const changed = (change: (all: Map<string, NDArray>) => void): ReadonlyMap<string, NDArray> => {
    const all = new Map(tensors)
    change(all)
    return all
  }
  const kerasOf = (resetAfter: boolean) =>
    new Map(
      Object.entries(
        fixture.others.find(other => other.layout === 'Keras' && other.resetAfter === resetAfter)?.tensors ??
          {},
      ).map(([name, values]) => [name, fromNested(values)]),
    )
  const inGru = pytorch({ prefix: 'gru.' })
  const weight = 'gru.weight_hh_l1_reverse'

  it.each([
    {
      case: "PyTorch's, for a model that resets before",
      result: () => readWeights('f', inGru)(model({ layers: 2, bidirectional: true }))(tensors),
      error: {
        _tag: 'OtherReset',
        resetAfter: true,
        message:
          "f: these weights of PyTorch belong to a GRU whose reset gate acts after the product, and the model's acts before it. They compute other things: build the model with resetAfter: true.",
      },
    },
    {
      case: "Keras's with two biases, for a model that resets before",
      result: () => readWeights('f', keras())(model({ bidirectional: true }))(kerasOf(true)),
      error: { _tag: 'OtherReset', resetAfter: true },
    },
    {
      case: "Keras's with one bias, for a model that resets after",
      result: () =>
        readWeights('f', keras())(model({ bidirectional: true, resetAfter: true }))(kerasOf(false)),
      error: { _tag: 'OtherReset', resetAfter: false },
    },
    {
      case: "Keras's, read as PyTorch's",
      result: () =>
        readWeights('f', pytorch())(model({ bidirectional: true, resetAfter: true }))(kerasOf(true)),
      error: {
        _tag: 'OtherLayout',
        found: 'Keras',
        message:
          'f holds "0.forward.recurrent_kernel", as Keras names its weights, where PyTorch\'s were expected. Read it with the layout of Keras.',
      },
    },
    {
      case: "ONNX's with the other attribute",
      result: () =>
        readWeights('f', onnx({ linearBeforeReset: true }))(model({}))(
          writeWeights(onnx({ linearBeforeReset: false }))(model({}))([
            {
              forward: {
                inputWeight: fromNested(
                  Array.from({ length: 3 }, () => Array.from({ length: 3 }, () => [0, 0, 0, 0])),
                ),
                stateWeight: fromNested(
                  Array.from({ length: 4 }, () => Array.from({ length: 3 }, () => [0, 0, 0, 0])),
                ),
                bias: fromNested(Array.from({ length: 3 }, () => [0, 0, 0, 0])),
              },
            },
          ] as unknown as Arrays<GruParameters<number, number, GruOptions>>),
        ),
      error: { _tag: 'OtherReset', resetAfter: true },
    },
    {
      case: 'without one',
      result: () => readWeights('f', inGru)(after)(changed(all => all.delete(weight))),
      error: { _tag: 'MissingWeight', name: weight },
    },
    {
      case: 'under another prefix',
      result: () => readWeights('f', pytorch())(after)(tensors),
      error: { _tag: 'MissingWeight', name: 'weight_ih_l0' },
    },
    {
      case: 'of another shape',
      result: () => readWeights('f', inGru)(after)(changed(all => all.set(weight, fromNested([[1, 2]])))),
      error: { _tag: 'WrongWeight', name: weight, expected: 'f32[12, 4]', found: 'f32[1, 2]' },
    },
    {
      case: 'of more layers',
      result: () => readWeights('f', inGru)(model({ bidirectional: true, resetAfter: true }))(tensors),
      error: { _tag: 'UnexpectedWeight', name: 'gru.weight_hh_l1' },
    },
    {
      case: 'of two directions',
      result: () => readWeights('f', inGru)(model({ resetAfter: true }))(tensors),
      error: { _tag: 'UnexpectedWeight', name: 'gru.weight_hh_l0_reverse' },
    },
  ])('are an error that says so: $case', ({ result, error }) => {
    expect(left(result())).toMatchObject({ file: 'f', ...error })
  })

  it('cannot be written for the other convention, or with a learned state', async () => {
    const before = model({})
    const parameters = await evaluate(generate(key(5))(before.init))
    expect(() => writeWeights(pytorch())(before)(parameters)).toThrow(RangeError)
    expect(() => writeWeights(keras())(model({ learnedState: true }))(parameters)).toThrow(RangeError)
  })
})
