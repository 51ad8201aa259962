// MLflow's command lines.
import { expect, test } from 'vitest'
import { isMlflowCommand } from '../../../../../../src/cli/commands/serve/app/mlflow.ts'

test.each([
  ['mlflow server', true],
  ['/opt/bin/mlflow server --port 5000', true],
  ['C:\\venv\\Scripts\\mlflow.exe ui', true],
  ['uv run mlflow server', true],
  ['conda run -n lab mlflow server', true],
  ['python app.py', false],
  ['streamlit run app.py --title mlflow', false],
  ['', false],
])('%j: %s', (command, expected) => expect(isMlflowCommand(command.split(' '))).toBe(expected))
