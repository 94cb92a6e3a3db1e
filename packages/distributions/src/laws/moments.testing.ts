import { expect } from '@jest/globals'
import { expectClose } from './closeness.testing.js'
import { numbers } from './evaluate.testing.js'
import { value, type Written } from './fixtures.testing.js'
import { always, type Law } from './law.testing.js'

const momentNames = ['mean', 'variance', 'mode', 'entropy'] as const

export const momentsMatch: Law = {
  applies: always,
  holds: async (_, fixture, d) => {
    for (const name of momentNames) {
      const [moment, expected] = [d[name], fixture[name]]
      if (moment === undefined) continue
      expect({ name, isGiven: expected !== undefined }).toEqual({ name, isGiven: true })
      expectClose(await numbers(moment()), value(expected as Written), name === 'entropy' ? 1 : 1e-37)
    }
  },
}
