import { pipe } from 'fp-ts/lib/function.js'
import {
  broadcastTo,
  foldIn,
  generate,
  mapTree,
  ShapeError,
  split,
  stopGradient,
  zeros as zeroTensor,
  type Concat,
  type Gen,
  type Key,
  type ShapeOf,
  type Tensor,
} from '@elbo/tensor'
import type { Layer, Rows } from '@elbo/nn'
import { gruCell, type CellOptions, type CellParameters, type Is } from './cell.js'
import { checkRate, dropped, survival } from './dropout.js'
import {
  joined,
  mapBoth,
  pass,
  type Both,
  type Cell,
  type Direction,
  type Matrix,
  type Pass,
  type Way,
} from './pass.js'
import { checkMask, type Mask, type Sequence } from './sequence.js'

export interface GruOptions extends CellOptions {
  /** One above the other, each over the outputs of the one below: 1 unless told. */
  readonly layers?: number
  /** In each layer a second cell from the last step to the first; their outputs stand side by side. */
  readonly bidirectional?: boolean
  /** The state before the first step is a parameter, the same for all examples; it is zero unless told. */
  readonly learnedState?: boolean
  /** How much of each layer's outputs but the last one's is dropped in training. */
  readonly dropout?: number
  /** How much of the state is hidden from the products in training, the same parts at every step (Gal and Ghahramani 2016). */
  readonly recurrentDropout?: number
}

/** One state for each direction of a layer, or whatever else there is of each. */
export type Directions<T, Options> = { readonly forward: T } & (Is<Options, 'bidirectional'> extends true
  ? { readonly backward: T }
  : unknown)

type DirectionParameters<In extends number, H extends number, Options> = CellParameters<In, H, Options> &
  (Is<Options, 'learnedState'> extends true
    ? { readonly initialState: Tensor<readonly [H], 'f32'> }
    : unknown)

type LayerParameters<In extends number, H extends number, Options> = Directions<
  DirectionParameters<In, H, Options>,
  Options
>

/** Numbers in an output: those of both directions. */
export type Width<H extends number, Options> =
  Is<Options, 'bidirectional'> extends true
    ? ShapeOf<Concat<readonly [readonly [H], readonly [H]], 0>>[0]
    : Is<Options, 'bidirectional'> extends false
      ? H
      : number

/** Paths: `0.forward.inputWeight`, …, `0.backward.…`, `1.forward.…`; with `learnedState` also `0.forward.initialState`. */
export type GruParameters<In extends number, H extends number, Options> = readonly [
  LayerParameters<In, H, Options>,
  ...LayerParameters<Width<H, Options>, H, Options>[],
]

/** The states of all layers, [batch, hidden] each. */
export type GruStates<H extends number, Options> = readonly Directions<Rows<H>, Options>[]

/** What a run may be told beside the sequences. */
export interface Given<H extends number, Options> {
  /**
   * Where it does not hold, states stay as they are and outputs are 0. So the backward direction begins at a sequence's own end, and the
   * last states are those at its ends, as of PyTorch's packed sequences.
   */
  readonly mask?: Mask | undefined
  /** The states before the first step; those of an earlier run, when a long sequence comes in pieces. */
  readonly states?: GruStates<H, Options> | undefined
  /** For dropout: without a key nothing is dropped. */
  readonly key?: Key | undefined
}

/** R and Z over time, [steps, batch, hidden] each. */
export interface GateTraces<H extends number> {
  readonly reset: Sequence<H>
  readonly update: Sequence<H>
}

/** What comes of a run; nothing of it costs anything unless it is used. */
export interface GruRun<H extends number, Options> {
  /** Of the last layer at every step. */
  readonly outputs: Sequence<Width<H, Options>>
  /** The last layer's states after each direction's last step, side by side: [batch, width]. */
  readonly last: Rows<Width<H, Options>>
  /** All layers' states after the last step. */
  readonly states: GruStates<H, Options>
  /** What each layer remembered and forgot. */
  readonly gates: readonly Directions<GateTraces<H>, Options>[]
}

export interface Gru<In extends number, H extends number, Options> extends Layer<
  GruParameters<In, H, Options>,
  Sequence<In>,
  GruRun<H, Options>
> {
  readonly inputs: In
  readonly hidden: H
  /** Numbers in an output. */
  readonly width: Width<H, Options>
  readonly options: GruOptions & { readonly layers: number }
  /**
   * @throws ShapeError for an empty sequence or a mask that does not fit, RangeError for a mask, where it is data, that leaves nothing of an
   * example.
   */
  readonly apply: (
    parameters: GruParameters<In, H, Options>,
  ) => (x: Sequence<In>, given?: Given<H, Options>) => GruRun<H, Options>
  /**
   * One step of all layers, from states that are handed on: for sampling, and for streams that never end.
   * @throws RangeError for a bidirectional GRU, which has to see the end first.
   */
  readonly step: (
    parameters: GruParameters<In, H, Options>,
  ) => (
    x: Rows<In>,
    states: GruStates<H, Options>,
  ) => { readonly output: Rows<Width<H, Options>>; readonly states: GruStates<H, Options> }
  /** The states before the first step of so many examples. */
  readonly initialStates: (
    parameters: GruParameters<In, H, Options>,
  ) => (batch: number) => GruStates<H, Options>
}

const layersOf = (inputs: number, hidden: number, told: GruOptions) => {
  const { layers = 1, bidirectional = false, learnedState = false, dropout = 0, recurrentDropout = 0 } = told
  if (!Number.isSafeInteger(layers) || layers < 1)
    throw new RangeError(`gru: there are no GRUs of ${layers} layers`)
  checkRate('dropout', dropout)
  checkRate('recurrentDropout', recurrentDropout)
  const width = bidirectional ? 2 * hidden : hidden
  const ways: readonly Way[] = bidirectional ? ['forward', 'backward'] : ['forward']
  const cells: readonly Cell[] = Array.from({ length: layers }, (_, layer) =>
    gruCell(layer === 0 ? inputs : width, hidden, told),
  )

  const init: Gen<readonly Both<Direction>[]> = key => {
    const [use, next] = split(key, 2) as readonly [Key, Key]
    const directions = cells.map((cell, layer) =>
      Object.fromEntries(
        ways.map((way, i) => {
          const drawn = generate(foldIn(layer * ways.length + i)(use))(cell.init)
          return [way, learnedState ? { ...drawn, initialState: zeroTensor([hidden]) } : drawn]
        }),
      ),
    )
    return [directions as unknown as readonly Both<Direction>[], next]
  }

  const initialStates =
    (parameters: readonly Both<Direction>[]) =>
    (batch: number): readonly Both<Matrix>[] =>
      parameters.map(both =>
        mapBoth(both, ({ initialState }) =>
          initialState === undefined
            ? (zeroTensor([batch, hidden]) as Tensor as Matrix)
            : broadcastTo([batch, hidden])(initialState as Tensor),
        ),
      )

  const apply =
    (parameters: readonly Both<Direction>[]) =>
    (
      x: Sequence<number>,
      given: {
        readonly mask?: Mask | undefined
        readonly states?: readonly Both<Matrix>[] | undefined
        readonly key?: Key | undefined
      } = {},
    ) => {
      const { mask, key } = given
      const [steps, batch] = x.shape
      if (steps === 0) throw new ShapeError(`gru: [${x.shape.join(', ')}]: the sequence is empty`)
      if (mask !== undefined) checkMask(mask, x.shape)
      const states = given.states ?? initialStates(parameters)(batch)
      const passes: Both<Pass>[] = []
      let outputs = x
      cells.forEach((cell, layer) => {
        if (layer > 0 && key !== undefined && dropout > 0)
          outputs = dropped(dropout)(outputs)(foldIn(2 * layer)(key))
        const below = outputs
        const seen = (way: Way): Matrix | undefined =>
          key === undefined || recurrentDropout === 0
            ? undefined
            : (survival(recurrentDropout, [batch, hidden])(
                pipe(key, foldIn(2 * layer + 1), foldIn(way === 'forward' ? 0 : 1)),
              ) as Matrix)
        const both = mapBoth(parameters[layer], (direction, way) =>
          pass(cell, direction, below, { way, initial: states[layer][way] as Matrix, mask, seen: seen(way) }),
        )
        passes.push(both)
        outputs = joined(
          Object.values(both).map(one => one.outputs as Tensor),
          2,
        ) as Sequence<number>
      })
      return {
        outputs,
        last: joined(
          Object.values(passes[layers - 1]).map(({ state }) => state as Tensor),
          1,
        ),
        states: passes.map(both => mapBoth(both, ({ state }) => state)),
        gates: passes.map(both => mapBoth(both, one => one.gates)),
      }
    }

  const step = (parameters: readonly Both<Direction>[]) => {
    if (bidirectional)
      throw new RangeError('gru: a bidirectional GRU cannot be stepped: it begins at both ends')
    const advances = cells.map((cell, layer) => cell.apply(parameters[layer].forward))
    return (x: Matrix, states: readonly Both<Matrix>[]) => {
      let output = x
      const next = advances.map((advance, layer) => {
        output = advance({ x: output, state: states[layer].forward }).state
        return { forward: output }
      })
      return { output, states: next }
    }
  }

  return { inputs, hidden, width, options: { ...told, layers }, init, apply, step, initialStates }
}

/**
 * A gated recurrent unit over sequences [steps, batch, inputs], as one loop: compiling it takes no longer for more steps. The products of
 * inputs that are not narrow are one product before the loop. Each cell's equations are those of `gruCell`.
 *
 *     const layer = gru(28, 128, { layers: 2, bidirectional: true })
 *     const { outputs, last } = layer.apply(parameters)(x, { mask })
 *
 * @throws RangeError for a number of layers that is no positive integer, or a rate of dropout outside [0, 1).
 */
export const gru = <
  const In extends number,
  const H extends number,
  const Options extends GruOptions = Record<never, never>,
>(
  inputs: In,
  hidden: H,
  options?: Options,
): Gru<In, H, Options> => layersOf(inputs, hidden, options ?? {}) as unknown as Gru<In, H, Options>

/**
 * States to begin the next piece of a long sequence from, held constant under differentiation: back-propagation is truncated there. States
 * that a training step takes in as data are constant anyway.
 */
export const detached = <S>(states: S): S => mapTree((state: Tensor) => stopGradient(state))(states)
