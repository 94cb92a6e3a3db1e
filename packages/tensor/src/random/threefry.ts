/** Skein's key-schedule constant C₂₄₀, cut to 32 bits (Salmon et al. 2011, section 4.2). */
const parity = 0x1bd11bda

const rotateLeft = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits))

/**
 * Threefry-2x32 with 20 rounds: a bijection of the 64-bit counter for every 64-bit key, whose outputs pass as independent
 * uniform words. All words are unsigned 32-bit integers; higher bits of an argument are ignored.
 *
 * Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011; rotations and order of key
 * injection as in the authors' Random123 distribution, whose known answers are the tests.
 */
export const threefry2x32 = (
  key: readonly [number, number],
  counter: readonly [number, number],
): [number, number] => {
  const k0 = key[0] | 0
  const k1 = key[1] | 0
  const k2 = parity ^ k0 ^ k1
  let x = (counter[0] + k0) | 0
  let y = (counter[1] + k1) | 0

  x = (x + y) | 0
  y = rotateLeft(y, 13) ^ x
  x = (x + y) | 0
  y = rotateLeft(y, 15) ^ x
  x = (x + y) | 0
  y = rotateLeft(y, 26) ^ x
  x = (x + y) | 0
  y = rotateLeft(y, 6) ^ x
  x = (x + k1) | 0
  y = (y + k2 + 1) | 0

  x = (x + y) | 0
  y = rotateLeft(y, 17) ^ x
  x = (x + y) | 0
  y = rotateLeft(y, 29) ^ x
  x = (x + y) | 0
  y = rotateLeft(y, 16) ^ x
  x = (x + y) | 0
  y = rotateLeft(y, 24) ^ x
  x = (x + k2) | 0
  y = (y + k0 + 2) | 0

  x = (x + y) | 0
  y = rotateLeft(y, 13) ^ x
  x = (x + y) | 0
  y = rotateLeft(y, 15) ^ x
  x = (x + y) | 0
  y = rotateLeft(y, 26) ^ x
  x = (x + y) | 0
  y = rotateLeft(y, 6) ^ x
  x = (x + k0) | 0
  y = (y + k1 + 3) | 0

  x = (x + y) | 0
  y = rotateLeft(y, 17) ^ x
  x = (x + y) | 0
  y = rotateLeft(y, 29) ^ x
  x = (x + y) | 0
  y = rotateLeft(y, 16) ^ x
  x = (x + y) | 0
  y = rotateLeft(y, 24) ^ x
  x = (x + k1) | 0
  y = (y + k2 + 4) | 0

  x = (x + y) | 0
  y = rotateLeft(y, 13) ^ x
  x = (x + y) | 0
  y = rotateLeft(y, 15) ^ x
  x = (x + y) | 0
  y = rotateLeft(y, 26) ^ x
  x = (x + y) | 0
  y = rotateLeft(y, 6) ^ x
  x = (x + k2) | 0
  y = (y + k0 + 5) | 0

  return [x >>> 0, y >>> 0]
}
