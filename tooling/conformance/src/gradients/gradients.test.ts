import { describe, expect, it } from '@jest/globals'
import { primitives, type Primitive, type PrimitiveName } from '@elbo/tensor/internals'
import { derivativesOf, unlikeDifferences, type GradientCase } from './case.js'
import { operationGradients } from './operations.js'
import { primitiveGradients } from './primitives.js'
import { scanGradients } from './scans.js'

const wrongIn = (cases: readonly GradientCase[]): readonly string[] =>
  cases.flatMap(situation =>
    derivativesOf(situation).flatMap(derivative =>
      unlikeDifferences(derivative, situation.inputs).map(
        wrong => `${situation.about}, ${derivative.order} derivative: ${wrong}`,
      ),
    ),
  )

const names = Object.keys(primitives) as PrimitiveName[]
const ruleOf = (name: PrimitiveName): unknown => (primitives[name] as unknown as Primitive).gradient

describe('first and second derivatives against central differences in doubles', () => {
  it.each(names.filter(name => typeof primitiveGradients[name] !== 'string'))('%s', name => {
    expect(typeof ruleOf(name)).toBe('function')
    expect(wrongIn(primitiveGradients[name] as readonly GradientCase[])).toEqual([])
  })

  it('leave out only rows without a rule', () => {
    const flat = names.filter(name => primitiveGradients[name] === 'is flat')
    const none = names.filter(
      name => typeof primitiveGradients[name] === 'string' && primitiveGradients[name] !== 'is flat',
    )
    expect(flat.map(ruleOf)).toEqual(flat.map(() => 'zero gradient'))
    expect(none.filter(name => typeof ruleOf(name) === 'function')).toEqual([])
  })

  it.each(operationGradients)('$about', situation => {
    expect(wrongIn([situation])).toEqual([])
  })

  describe('of scan', () => {
    it.each(scanGradients)('$about', situation => {
      expect(wrongIn([situation])).toEqual([])
    })
  })
})
