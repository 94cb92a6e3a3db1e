import fc from 'fast-check'

/** A finite random value, exactly: everything that it may be with its probability. The oracle of what `Gen` draws. */
export type Finite<A> = readonly (readonly [value: A, probability: number])[]

export const certain = <A>(value: A): Finite<A> => [[value, 1]]

export const bind = <A, B>(d: Finite<A>, f: (a: A) => Finite<B>): Finite<B> =>
  d.flatMap(([a, p]) => f(a).map(([b, q]) => [b, p * q] as const))

export const mapped = <A, B>(d: Finite<A>, f: (a: A) => B): Finite<B> => d.map(([a, p]) => [f(a), p])

/** Programs compute with the numbers 0, 1, 2. */
export const states = 3

/** The probability of each number, in quarters, so that all products of a program are exact. */
export type Weights = readonly [number, number, number]
type Rows<A> = readonly [A, A, A]
type Digit = 0 | 1 | 2

/**
 * A finite random program: certain numbers, functions of a random number, functions of two independent ones, and random numbers whose
 * weights depend on one before.
 */
export type Program =
  | { readonly is: 'of'; readonly value: Digit }
  | { readonly is: 'map'; readonly of: Program; readonly table: Rows<Digit> }
  | { readonly is: 'ap'; readonly left: Program; readonly right: Program; readonly table: Rows<Rows<Digit>> }
  | { readonly is: 'chain'; readonly of: Program; readonly rows: Rows<Weights> }

/** Every path of a program, with its probability. */
export const enumerated = (program: Program): Finite<number> => {
  switch (program.is) {
    case 'of':
      return certain(program.value)
    case 'map':
      return mapped(enumerated(program.of), x => program.table[x as Digit])
    case 'ap':
      return bind(enumerated(program.left), x =>
        mapped(enumerated(program.right), y => program.table[x as Digit][y as Digit]),
      )
    case 'chain':
      return bind(enumerated(program.of), x => choice(program.rows[x as Digit]))
  }
}

export const choice = (weights: Weights): Finite<number> => weights.map((p, i) => [i, p])

/** The probability of each number. */
export const total = (d: Finite<number>): readonly number[] =>
  Array.from({ length: states }, (_, i) => d.reduce((sum, [x, p]) => (x === i ? sum + p : sum), 0))

const digits = fc.constantFrom<Digit[]>(0, 1, 2)

export const rowsOf = <A>(one: fc.Arbitrary<A>): fc.Arbitrary<Rows<A>> => fc.tuple(one, one, one)

/** Four quarters, each to one of the numbers. */
export const weights: fc.Arbitrary<Weights> = fc
  .tuple(digits, digits, digits, digits)
  .map(quarters =>
    [0, 1, 2].map(i => quarters.filter(x => x === i).length / 4),
  ) as unknown as fc.Arbitrary<Weights>

/** Programs of up to four levels, so that their probabilities are exact in double precision. */
export const programs: fc.Arbitrary<Program> = fc.letrec<{ program: Program }>(tie => ({
  program: fc.oneof(
    { maxDepth: 4, depthSize: 'large' },
    fc.record({ is: fc.constant('of' as const), value: digits }),
    fc.record({ is: fc.constant('map' as const), of: tie('program'), table: rowsOf(digits) }),
    fc.record({
      is: fc.constant('ap' as const),
      ...{ left: tie('program'), right: tie('program'), table: rowsOf(rowsOf(digits)) },
    }),
    fc.record({ is: fc.constant('chain' as const), of: tie('program'), rows: rowsOf(weights) }),
  ),
})).program
