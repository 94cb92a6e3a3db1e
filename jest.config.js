import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { project } from '@elbo/jest-preset'

const flag = '--experimental-vm-modules'
if (!process.execArgv.includes(flag) && !process.env.NODE_OPTIONS?.includes(flag)) {
  throw new Error(`The tests are ES modules: run them with "pnpm jest …", or with NODE_OPTIONS=${flag}.`)
}

const folders = ['packages', 'apps', 'tooling'].flatMap(group =>
  readdirSync(join(import.meta.dirname, group)).map(name => join(import.meta.dirname, group, name)),
)

// Node's WebGPU has no device of its own here: the tests use Chromium's software driver. Workers inherit the variable.
process.env.VK_ICD_FILENAMES ??= '/usr/lib/chromium/vk_swiftshader_icd.json'

export default {
  projects: folders.filter(folder => existsSync(join(folder, 'src'))).map(project),
  coverageProvider: 'v8',
  // A test that hangs is found soon enough; one that a busy machine slows down is not a failure.
  testTimeout: 60_000,
}
