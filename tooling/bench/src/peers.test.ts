import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { missingPeers } from './peers.js'

describe('peers', () => {
  it('are missed where one is not there, or not in the version that is asked for', () => {
    const folder = mkdtempSync(join(tmpdir(), 'elbo-peers-'))
    const install = (name: string, version: string): void => {
      mkdirSync(join(folder, 'node_modules', name), { recursive: true })
      writeFileSync(join(folder, 'node_modules', name, 'package.json'), JSON.stringify({ name, version }))
    }
    try {
      const dependencies = { one: '1.0.0', '@scope/two': '2.0.0', three: '3.0.0' }
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ dependencies }))
      install('one', '1.0.0')
      install('@scope/two', '1.9.0')
      expect(missingPeers(folder)).toEqual(['@scope/two 2.0.0', 'three 3.0.0'])
      install('@scope/two', '2.0.0')
      install('three', '3.0.0')
      expect(missingPeers(folder)).toEqual([])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
