import type { Shape } from '@elbo/tensor'

/** A shape cut in two: what stays in front, and the last `N` axes. */
export type Cut<B extends Shape, N extends number, Back extends Shape = []> = number extends B['length'] | N
  ? { readonly front: number[]; readonly back: number[] }
  : Back['length'] extends N
    ? { readonly front: B; readonly back: Back }
    : B extends readonly [...infer Front extends Shape, infer D extends number]
      ? Cut<Front, N, [D, ...Back]>
      : { readonly front: number[]; readonly back: number[] }
