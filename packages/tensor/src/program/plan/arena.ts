/** Offsets in one growing stretch of memory, taken and given back. */
export interface Arena {
  /** The offset of a free run of `bytes`; the tightest one that fits, or new room at the end. */
  take(bytes: number): number
  /** Gives a run back. Neighbouring free runs become one. */
  release(offset: number, bytes: number): void
  /** The most that was ever taken at once. */
  readonly bytes: number
}

/**
 * A best-fit free list over offsets that are multiples of `alignment`. Runs are kept in the order of their offsets; a plan holds few of
 * them at a time, so taking and giving back is a short walk.
 */
export const arena = (alignment: number): Arena => {
  const starts: number[] = []
  const lengths: number[] = []
  let end = 0

  const rounded = (bytes: number): number => Math.max(1, Math.ceil(bytes / alignment)) * alignment

  /** The first free run at or after `offset`. */
  const position = (offset: number): number => {
    let [low, high] = [0, starts.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (starts[middle] < offset) low = middle + 1
      else high = middle
    }
    return low
  }

  return {
    take: bytes => {
      const need = rounded(bytes)
      let best = -1
      for (let i = 0; i < lengths.length; i++) {
        if (lengths[i] >= need && (best < 0 || lengths[i] < lengths[best])) best = i
      }
      if (best >= 0) {
        const offset = starts[best]
        if (lengths[best] === need) {
          starts.splice(best, 1)
          lengths.splice(best, 1)
        } else {
          starts[best] = offset + need
          lengths[best] -= need
        }
        return offset
      }
      const last = starts.length - 1
      const offset = last >= 0 && starts[last] + lengths[last] === end ? starts[last] : end
      if (offset !== end) {
        starts.pop()
        lengths.pop()
      }
      end = offset + need
      return offset
    },
    release: (offset, bytes) => {
      let length = rounded(bytes)
      let start = offset
      const at = position(offset)
      const follows = at > 0 && starts[at - 1] + lengths[at - 1] === offset
      const precedes = at < starts.length && offset + length === starts[at]
      if (precedes) length += lengths[at]
      if (follows) {
        start = starts[at - 1]
        length += lengths[at - 1]
      }
      const first = follows ? at - 1 : at
      const count = (follows ? 1 : 0) + (precedes ? 1 : 0)
      starts.splice(first, count, start)
      lengths.splice(first, count, length)
    },
    get bytes() {
      return end
    },
  }
}
