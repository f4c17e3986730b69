import { describeEngineContract } from './engine.contract.js';
import { runReference } from './reference-engine.js';

describeEngineContract('runReference()', runReference);
