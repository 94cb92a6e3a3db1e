import { walk } from '../laws/laws.testing.js'
import { table } from './table.testing.js'

walk('multivariate', table)
