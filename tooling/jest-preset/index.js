import { createRequire } from 'node:module'
import { basename } from 'node:path'

const { resolve } = createRequire(import.meta.url)

/** One Jest project: the TypeScript tests beside the sources of one workspace package, run as ES modules. */
export const project = rootDir => ({
  rootDir,
  displayName: basename(rootDir),
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@elbo/source', 'node', 'node-addons'] },
  testMatch: ['<rootDir>/src/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  // `js` before `ts`: a dependency that ships both must resolve to what it would run as outside Jest.
  moduleFileExtensions: ['js', 'mjs', 'cjs', 'ts', 'json', 'node'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  transform: {
    '^.+\\.ts$': [
      resolve('@swc/jest'),
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, sourceMaps: 'inline' },
    ],
  },
})
