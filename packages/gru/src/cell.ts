import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  draw,
  matmul,
  mul,
  parts,
  reshape,
  sigmoid,
  slice,
  split,
  stack,
  sub,
  tanh,
  type Draw,
  type Tensor,
} from '@elbo/tensor'
import { glorotUniform, zeros, type Initialiser, type Layer, type Rows } from '@elbo/nn'

/** What a literal option is, and what it is where the compiler knows no more than its type. */
export type Is<Options, Name extends string> = Name extends keyof Options
  ? Options[Name] extends true
    ? true
    : Options[Name] extends false | undefined
      ? false
      : boolean
  : false

export interface CellOptions {
  /**
   * Where the reset gate acts on the state: before the product, tanh(X·W_xh + (R ⊙ H)·W_hh + b_h), unless told; after it with a second bias,
   * tanh(X·W_xh + b_h + R ⊙ (H·W_hh + b_hh)), as PyTorch, cuDNN and Keras have it.
   */
  readonly resetAfter?: boolean
  /** Of each gate's [inputs, hidden]; `glorotUniform` unless told. */
  readonly inputWeight?: Initialiser
  /** Of each gate's [hidden, hidden]; `glorotUniform` unless told. */
  readonly stateWeight?: Initialiser
  /** Of each gate's [hidden]; `zeros` unless told. */
  readonly bias?: Initialiser
}

/** The middle axis of a weight, and the first of a bias, are the gates R, Z and H̃, in this order. */
export type CellParameters<In extends number, H extends number, Options = CellOptions> = {
  readonly inputWeight: Tensor<readonly [In, 3, H], 'f32'>
  readonly stateWeight: Tensor<readonly [H, 3, H], 'f32'>
  readonly bias: Tensor<readonly [3, H], 'f32'>
} & (Is<Options, 'resetAfter'> extends true
  ? { readonly stateBias: Tensor<readonly [3, H], 'f32'> }
  : unknown)

/** A new state and the gates that led to it, each [batch, hidden]. */
export interface CellStep<H extends number> {
  /** H. */
  readonly state: Rows<H>
  /** R: near 0 where the candidate does not read the state. */
  readonly reset: Rows<H>
  /** Z: near 1 where the state is remembered, near 0 where it is forgotten. */
  readonly update: Rows<H>
}

/** X·W_x + b of all gates at once: [batch, 3·hidden], or of all steps [steps, batch, 3·hidden]. */
export type Projected = Tensor<readonly number[], 'f32'>

export interface GruCell<In extends number, H extends number, Options> extends Layer<
  CellParameters<In, H, Options>,
  { readonly x: Rows<In>; readonly state: Rows<H> },
  CellStep<H>
> {
  readonly inputs: In
  readonly hidden: H
  readonly resetAfter: boolean
  /** What a step needs of the inputs; they may be those of all steps: one product then. */
  readonly project: (
    parameters: CellParameters<In, H, Options>,
  ) => (x: Tensor<readonly [...number[], In], 'f32'>) => Projected
  /** A step from projected inputs. `read` is the state as the products see it, where that is another one: with parts of it dropped. */
  readonly advance: (
    parameters: CellParameters<In, H, Options>,
  ) => (projected: Projected, state: Rows<H>, read?: Rows<H>) => CellStep<H>
}

/** The parameters, where dimensions are not known to the compiler. */
interface Weights {
  readonly inputWeight: Tensor<readonly [number, 3, number], 'f32'>
  readonly stateWeight: Tensor<readonly [number, 3, number], 'f32'>
  readonly bias: Tensor<readonly [3, number], 'f32'>
  readonly stateBias?: Tensor<readonly [3, number], 'f32'>
}

type Matrix = Rows<number>

const gates = 3

/** One draw for each gate, side by side: an initialiser sees the weight of a gate as the matrix that it is. */
const perGate =
  (one: Draw<Tensor>, axis: number): Draw<Tensor> =>
  key =>
    stack(axis)(split(key, gates).map(one))

const columns = (x: Matrix, count: number): readonly Matrix[] =>
  parts(count, 1)(x) as readonly Tensor[] as readonly Matrix[]

/** (1 − Z) ⊙ H̃ + Z ⊙ H. */
const mixed = (state: Matrix, update: Matrix, candidate: Matrix): Matrix =>
  pipe(state, sub(candidate), mul(update), add(candidate))

const resetBefore = (hidden: number, { stateWeight }: Weights) => {
  const columnsOf = (from: number, to: number): Matrix =>
    pipe(stateWeight, slice(null, [from, to]), reshape([hidden, (to - from) * hidden])) as Tensor as Matrix
  const [gateWeight, candidateWeight] = [columnsOf(0, 2), columnsOf(2, gates)]
  return (projected: Matrix, state: Matrix, read: Matrix): CellStep<number> => {
    const [forReset, forUpdate, forCandidate] = columns(projected, gates)
    const [fromReset, fromUpdate] = columns(matmul(gateWeight)(read), 2)
    const reset = sigmoid(add(fromReset)(forReset))
    const update = sigmoid(add(fromUpdate)(forUpdate))
    const candidate = pipe(read, mul(reset), matmul(candidateWeight), add(forCandidate), tanh)
    return { state: mixed(state, update, candidate), reset, update }
  }
}

const resetAfter = (hidden: number, { stateWeight, stateBias }: Required<Weights>) => {
  const weight = reshape([hidden, gates * hidden])(stateWeight) as Tensor as Matrix
  const bias = reshape([gates * hidden])(stateBias) as Tensor as Tensor<readonly [number], 'f32'>
  return (projected: Matrix, state: Matrix, read: Matrix): CellStep<number> => {
    const [forReset, forUpdate, forCandidate] = columns(projected, gates)
    const [fromReset, fromUpdate, fromCandidate] = columns(pipe(read, matmul(weight), add(bias)), gates)
    const reset = sigmoid(add(fromReset)(forReset))
    const update = sigmoid(add(fromUpdate)(forUpdate))
    const candidate = pipe(fromCandidate, mul(reset), add(forCandidate), tanh)
    return { state: mixed(state, update, candidate), reset, update }
  }
}

const project =
  (inputs: number, hidden: number, { inputWeight, bias }: Weights) =>
  (x: Projected): Projected => {
    const rows = x.shape.slice(0, -1)
    const flat = reshape([rows.reduce((a, b) => a * b, 1), x.shape[x.shape.length - 1]])(x as Tensor)
    return pipe(
      flat as Tensor as Matrix,
      matmul(reshape([inputs, gates * hidden])(inputWeight) as Tensor as Matrix),
      add(reshape([gates * hidden])(bias) as Tensor as Tensor<readonly [number], 'f32'>),
      y => reshape([...rows, gates * hidden])(y as Tensor) as Tensor as Projected,
    )
  }

/**
 * A gated recurrent unit (Cho et al. 2014), one step of it: with X [batch, inputs] and H [batch, hidden],
 *
 *     R = σ(X·W_xr + H·W_hr + b_r)        H̃ = tanh(X·W_xh + (R ⊙ H)·W_hh + b_h)
 *     Z = σ(X·W_xz + H·W_hz + b_z)        H ← Z ⊙ H + (1 − Z) ⊙ H̃
 *
 * Paths: `inputWeight`, `stateWeight`, `bias`, and `stateBias` with `resetAfter`.
 */
export const gruCell = <
  const In extends number,
  const H extends number,
  const Options extends CellOptions = Record<never, never>,
>(
  inputs: In,
  hidden: H,
  options?: Options,
): GruCell<In, H, Options> => {
  const given: CellOptions = options ?? {}
  const { inputWeight = glorotUniform, stateWeight = glorotUniform, bias = zeros } = given
  const isAfter = given.resetAfter ?? false
  const fan = { in: hidden, out: hidden }
  const draws: Record<string, Draw<Tensor>> = {
    inputWeight: perGate(inputWeight({ in: inputs, out: hidden })([inputs, hidden]), 1),
    stateWeight: perGate(stateWeight(fan)([hidden, hidden]), 1),
    bias: perGate(bias(fan)([hidden]), 0),
    ...(isAfter ? { stateBias: perGate(bias(fan)([hidden]), 0) } : {}),
  }
  const advance = (weights: Weights) => {
    const step = isAfter ? resetAfter(hidden, weights as Required<Weights>) : resetBefore(hidden, weights)
    return (projected: Projected, state: Matrix, read = state) => step(projected as Matrix, state, read)
  }
  const cell = {
    inputs,
    hidden,
    resetAfter: isAfter,
    init: draw(key => {
      const keys = split(key, Object.keys(draws).length)
      return Object.fromEntries(Object.entries(draws).map(([name, one], i) => [name, one(keys[i])]))
    }),
    project: (weights: Weights) => project(inputs, hidden, weights),
    advance,
    apply: (weights: Weights) => {
      const [projected, step] = [project(inputs, hidden, weights), advance(weights)]
      return ({ x, state }: { readonly x: Matrix; readonly state: Matrix }) => step(projected(x), state)
    },
  }
  return cell as unknown as GruCell<In, H, Options>
}
