/** One of several assignments that are meant to happen at once: every source is read as it was before any of them. */
export interface Move<Place> {
  readonly to: Place
  readonly from: Place
}

/**
 * Puts simultaneous assignments in an order that has the same effect, one after the other. A cycle (a swap) is opened by saving one place
 * into a `temporary` first. Destinations are distinct.
 */
export const inSequence = <Place>(
  moves: readonly Move<Place>[],
  temporary: (saved: Place) => Place,
): Move<Place>[] => {
  const pending = new Map(moves.filter(({ to, from }) => to !== from).map(({ to, from }) => [to, from]))
  const readers = new Map<Place, number>()
  const count = (place: Place, by: number): number => {
    const readersNow = (readers.get(place) ?? 0) + by
    readers.set(place, readersNow)
    return readersNow
  }
  for (const from of pending.values()) count(from, 1)

  const ordered: Move<Place>[] = []
  const ready = [...pending.keys()].filter(to => !readers.get(to))
  const drain = (): void => {
    for (let to = ready.pop(); to !== undefined; to = ready.pop()) {
      const from = pending.get(to) as Place
      pending.delete(to)
      ordered.push({ to, from })
      if (count(from, -1) === 0 && pending.has(from)) ready.push(from)
    }
  }
  drain()
  // What is left are cycles, each place of which is read once.
  for (const opened of [...pending.keys()]) {
    if (!pending.has(opened)) continue
    const saved = temporary(opened)
    ordered.push({ to: saved, from: opened })
    for (const [to, from] of pending) {
      if (from !== opened) continue
      pending.set(to, saved)
      break
    }
    readers.set(opened, 0)
    ready.push(opened)
    drain()
  }
  return ordered
}
