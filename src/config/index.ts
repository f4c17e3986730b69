export {
  type GridValue,
  type OptimizeParamsConfig,
  type OptimizeParamsFile,
  type ParameterGrid,
  parseOptimizeParams,
} from './optimize-params.js';
export { checkYaml, parseYaml, type YamlPath, type YamlSource } from './yaml.js';
