/** Where a schedule begins, with the least noise, and where it ends. */
export interface Ends {
  readonly first: number
  readonly last: number
}

/** β of a schedule made for a thousand levels, for another number of them. */
export const ofThousand = (beta: number, length: number): number => Math.min((beta * 1000) / length, 0.999)

/** Numbers in a straight line; one alone is the last. */
export const alongLine = (length: number, first: number, last: number): readonly number[] =>
  Array.from({ length }, (_, i) => (i === length - 1 ? last : first + ((last - first) * i) / (length - 1)))
