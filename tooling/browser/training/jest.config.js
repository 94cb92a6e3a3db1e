import { join } from 'node:path'
import { project } from '@elbo/jest-preset'

const folder = join(import.meta.dirname, '..')

/** What takes minutes on a software driver: by itself, with `pnpm jest --config tooling/browser/training/jest.config.js`. */
export default { ...project(folder), testMatch: ['<rootDir>/training/*.test.ts'] }
