import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openBrowser, type Browser } from './chromium.js'

/** Software drivers take their time, and more where other tests run beside. */
const patience = 1_200_000

describe('training in Chromium', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  }, 120_000)
  afterAll(() => browser.close())

  it.each(['webgpu', 'webgl2'] as const)(
    'leaves memory flat over 2,000 steps on %s',
    async mode => {
      const [early, late] = await browser.run('memory', mode, 2000)
      expect(early.buffers + early.textures).toBeGreaterThan(50)
      expect({ buffers: late.buffers, textures: late.textures }).toEqual({
        buffers: early.buffers,
        textures: early.textures,
      })
      expect(late.heap - early.heap).toBeLessThan(1 << 20)
    },
    patience,
  )

  it.each(['webgpu', 'webgl2'] as const)(
    'goes on, on the CPU, where %s loses its device',
    async mode => {
      const { failure, from, end, executed } = await browser.run('loss', mode)
      expect(failure).toContain(`the ${mode} device was lost`)
      expect(from).toEqual({ epoch: 0, batch: 10 })
      expect([end, executed]).toEqual(['finished', 'cpu'])
    },
    patience,
  )
})
