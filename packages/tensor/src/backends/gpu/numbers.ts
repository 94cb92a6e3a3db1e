/**
 * Numbers that kernels read from a buffer instead of from their text: gpu.js writes no NaN and no infinity, and the languages below it
 * disagree about very large and very small literals. The first entries are the powers of two, exact where `exp2` of a driver is not.
 */
export interface Numbers {
  /** How a number is spelled: as itself, or as an element of the buffer that `pool` names. */
  spell(x: number, pool: () => string): string
  /** A number as an element of the buffer, whatever it is: drivers fold what they see in the text, 0 · NaN to 0. */
  hide(x: number, pool: () => string): string
  /** The buffer's contents, once all kernels are written. */
  readonly entries: () => Float32Array
}

/** Places of elements are f32 in kernels: exact up to here. */
export const mostElements = 2 ** 24

/** 2ᵏ is entry k + `bias`, for k from −126 to 127. */
export const bias = 127

/** A negative literal could meet a minus sign and become a decrement, and an expression of literals alone is typed as whole. */
const isPlain = (x: number): boolean =>
  Object.is(x, 0) || (Number.isInteger(x) ? x > 0 && x < 2 ** 24 : x > 1e-30 && x < 1e15)

const literal = (x: number): string => (Number.isInteger(x) ? `${x}.0` : String(x))

export const numberPool = (): Numbers => {
  const entries = Array.from({ length: 255 }, (_, i) => 2 ** (i - bias))
  const places = new Map<string, number>()
  const hide: Numbers['hide'] = (x, pool) => {
    const key = Object.is(x, -0) ? '-0' : String(x)
    const place = places.get(key) ?? entries.push(x) - 1
    places.set(key, place)
    return `${pool()}[${place}]`
  }
  return {
    hide,
    spell: (x, pool) => (isPlain(x) ? literal(x) : hide(x, pool)),
    entries: () => Float32Array.from(entries),
  }
}
