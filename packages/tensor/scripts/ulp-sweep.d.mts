/** The double-precision functions of src/special that the kernels are measured against. */
export interface References {
  readonly erf: (x: number) => number
  readonly erfinv: (y: number) => number
  readonly lgamma: (x: number) => number
  readonly polygamma: (order: number, x: number) => number
  readonly pow: (x: number, y: number) => number
  readonly floorMod: (x: number, y: number) => number
  readonly roundHalfEven: (x: number) => number
  readonly normalFromBits: (bits: number) => number
}

interface Operand {
  readonly address: number
  readonly bits: Uint32Array
  readonly values: Float32Array
}

export interface Probe {
  readonly kernels: Readonly<Record<string, (...addressesAndCount: number[]) => void>>
  readonly operands: readonly [Operand, Operand]
  readonly result: Operand
  readonly chunk: number
}

export interface Measured {
  readonly label: string
  readonly name: string
  readonly promise: number
  readonly operands: 1 | 2
  readonly leading?: readonly number[]
}

/** The largest error of a sweep, in ulps, with its arguments, the result there and the exact value. */
export interface Worst {
  readonly error: number
  readonly at: readonly number[]
  readonly result: number
  readonly exact: number
  readonly count: number
}

export interface NormalSummary {
  readonly count: number
  readonly different: number
  readonly error: number
  readonly at: number
  readonly mean: number
  readonly variance: number
  readonly kurtosis: number
  readonly largest: number
}

export declare const openProbe: () => Probe
export declare const measured: (references: References) => readonly Measured[]
export declare const ulpError: (result: number, exact: number) => number
export declare const sweep: (probe: Probe, fn: Measured, density: number | 'exhaustive') => Worst
export declare const sweepNormal: (
  probe: Probe,
  references: Pick<References, 'normalFromBits' | 'erfinv'>,
  stride: number,
) => NormalSummary
export declare const nanoseconds: (
  probe: Probe,
  fn: Pick<Measured, 'name' | 'operands' | 'leading'>,
  low: number,
  high: number,
) => number
