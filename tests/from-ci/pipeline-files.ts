/**
 * The two pipeline files of docs/from-ci.md, read as their services read them: which steps there are, in which shell, with
 * which variables. An expression that the service would not know here is an error.
 */
import { snippetsOf } from './snippets.ts';

export interface PipelineStep {
  readonly service: 'github' | 'azure';
  readonly job: string;
  readonly shell: 'bash' | 'powershell';
  readonly script: string;
  /** With the expressions of the service in them. */
  readonly env: Readonly<Record<string, string>>;
}

interface Step {
  readonly uses?: string;
  readonly checkout?: string;
  readonly shell?: string;
  readonly run?: string;
  readonly bash?: string;
  readonly powershell?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}
interface Pipeline {
  readonly jobs: readonly { readonly job: string; readonly steps: readonly Step[] }[];
}

/** What the service fills in: `${{ NAME }}` of GitHub, `$(NAME)` of Azure Pipelines. */
const EXPRESSION = { github: /\$\{\{\s*(\S+)\s*\}\}/g, azure: /\$\(([\w.]+)\)/g };

export function stepsOfDocument(): readonly PipelineStep[] {
  const files = snippetsOf('docs/from-ci.md');
  const workflow = Bun.YAML.parse(files.get('.github/workflows/agent-server.yml') ?? '') as Workflow;
  const pipeline = Bun.YAML.parse(files.get('azure-pipelines.yml') ?? '') as Pipeline;
  return [
    ...Object.entries(workflow.jobs).flatMap(([job, { steps }]) =>
      runSteps(steps).map(({ shell = '', run = '', env = {} }) => toStep('github', job, shell, run, env)),
    ),
    ...pipeline.jobs.flatMap(({ job, steps }) =>
      runSteps(steps).map(({ bash, powershell = '', env = {} }) =>
        toStep('azure', job, bash === undefined ? 'powershell' : 'bash', bash ?? powershell, env),
      ),
    ),
  ];
}

/** The steps behind the checkout, which each job begins with: the scripts are in the repository. */
function runSteps([first = {}, ...steps]: readonly Step[]): readonly Step[] {
  if (first.checkout !== 'self' && first.uses?.startsWith('actions/checkout@') !== true)
    throw new Error(`a job does not begin with a checkout: ${JSON.stringify(first)}`);
  return steps;
}

function toStep(
  service: PipelineStep['service'],
  job: string,
  shell: string,
  script: string,
  env: PipelineStep['env'],
): PipelineStep {
  if (shell !== 'bash' && shell !== 'powershell') throw new Error(`${job}: there is no shell ${shell} here`);
  // What a service pastes into a script runs as code there, whoever chose it: a branch's name, say.
  if (script.search(EXPRESSION[service]) !== -1) throw new Error(`${job} has an expression in its script: ${script}`);
  return { service, job, shell, script, env };
}

/** The variables of a step, with the expressions filled in from this table. */
export function variablesOf({ service, job, env }: PipelineStep, known: PipelineStep['env']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      value.replaceAll(EXPRESSION[service], (_, expression: string) => {
        const filled = known[expression];
        if (filled === undefined) throw new Error(`${job}: ${service} has no ${expression} here`);
        return filled;
      }),
    ]),
  );
}
