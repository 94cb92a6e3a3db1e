import { expect, it } from '@jest/globals'
import { table as continuous } from './continuous/table.testing.js'
import { table as discrete } from './discrete/table.testing.js'
import * as exported from './index.js'
import { table as multivariate } from './multivariate/table.testing.js'
import { table as wrappers } from './wrappers/table.testing.js'

it('holds every family that is exported to the laws', () => {
  const families = Object.keys(exported).filter(name => /^[A-Z]/.test(name) && !name.endsWith('Error'))
  expect(Object.keys({ ...continuous, ...discrete, ...multivariate, ...wrappers }).sort()).toEqual(
    families.sort(),
  )
})
