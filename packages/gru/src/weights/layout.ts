/**
 * How others store a GRU, as plain data. A foreign tensor is our tensors one after the other, each with its gates in another order and, it may
 * be, transposed; so every layout can be read and written by the same two functions.
 */
export interface Layout {
  /** How errors call it. */
  readonly name: string
  /** Whether its reset gate acts after the product. */
  readonly resetAfter: boolean
  readonly tensors: readonly ForeignTensor[]
}

export interface ForeignTensor {
  readonly name: string
  readonly shape: readonly number[]
  /** In the order of the tensor's elements. */
  readonly blocks: readonly Block[]
}

export interface Block {
  /** Of our tensor. */
  readonly path: string
  /** Of our tensor: [inputs, 3, hidden] or [3, hidden]. */
  readonly shape: readonly number[]
  /** Which of our gates, R, Z and H̃ (0, 1, 2), stands first, second and third. */
  readonly gates: GateOrder
  /** [3, hidden, inputs] instead of [inputs, 3, hidden]. */
  readonly transposed: boolean
  /** An addend of a bias that is read before: it is added to it when read, and zero when written. */
  readonly isAddend: boolean
}

export type GateOrder = readonly [number, number, number]

/** r, z, h. */
export const resetFirst: GateOrder = [0, 1, 2]
/** z, r, h. */
export const updateFirst: GateOrder = [1, 0, 2]

/** What a layout depends on. */
export interface Form {
  readonly inputs: number
  readonly hidden: number
  readonly layers: number
  readonly bidirectional: boolean
  readonly resetAfter: boolean
}

/** One direction of one layer. */
export interface Place {
  readonly layer: number
  readonly way: 'forward' | 'backward'
  readonly inputs: number
}

/** In the order of our paths: layer by layer, forward before backward. */
export const placesOf = ({ inputs, hidden, layers, bidirectional }: Form): readonly Place[] =>
  Array.from({ length: layers }, (_, layer) => layer).flatMap(layer =>
    (bidirectional ? (['forward', 'backward'] as const) : (['forward'] as const)).map(way => ({
      layer,
      way,
      inputs: layer === 0 ? inputs : hidden * (bidirectional ? 2 : 1),
    })),
  )

/** The blocks of one direction, by the names of our parameters. */
export const blocksOf = (
  { hidden }: Form,
  { layer, way, inputs }: Place,
  gates: GateOrder,
  transposed: boolean,
) => {
  const block = (name: string, shape: readonly number[], isAddend = false): Block => ({
    path: `${layer}.${way}.${name}`,
    shape,
    gates,
    transposed: transposed && shape.length === 3,
    isAddend,
  })
  return {
    inputWeight: block('inputWeight', [inputs, 3, hidden]),
    stateWeight: block('stateWeight', [hidden, 3, hidden]),
    bias: block('bias', [3, hidden]),
    stateBias: block('stateBias', [3, hidden]),
    /** The second bias of a form that needs but one. */
    addend: block('bias', [3, hidden], true),
  }
}
