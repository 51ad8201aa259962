// MLflow's HTTP interface as one table: which endpoint reads, writes, uses a paid model, or administers. Every row was
// classified by hand from MLflow's source; `npm run mlflow:surface -- VERSION` names the endpoints that are missing.
import { compilePreset, type Preset, type PresetTable } from './preset.ts'

// One row a line: class, methods, root, paths. `*` is one segment, `**` the rest; `-` is no root.
const rows = `
read  GET                   -         / /health /version /static-files/** /build/** /get-artifact
read  GET                   -         /model-versions/get-artifact /signup
# "Mutations" of GraphQL search as well; the surface test fails when there is one that it does not know
read  GET,POST              -         /graphql

read  GET                   api2      experiments/get experiments/get-by-name experiments/list
read  GET,POST              api2      experiments/search
read  POST                  ajax2     experiments/search-datasets
write POST                  api2      experiments/create experiments/update experiments/delete
write POST                  api2      experiments/restore
write POST                  api2      experiments/set-experiment-tag experiments/delete-experiment-tag

read  GET                   api2      runs/get metrics/get-history metrics/get-history-bulk-interval
read  GET                   ajax2     metrics/get-history-bulk
read  POST                  api2      runs/search
write POST                  api2      runs/create runs/update runs/delete runs/restore runs/set-tag
write POST                  api2      runs/delete-tag
write POST                  api2      runs/log-metric runs/log-parameter runs/log-batch runs/log-model
write POST                  api2      runs/log-inputs runs/outputs
write POST                  ajax2     runs/create-promptlab-run upload-artifact

read  GET                   api2      artifacts/list
read  POST                  api2      artifacts/presigned-download-url
write POST                  api2      artifacts/presigned-upload-url
read  GET                   artifacts artifacts artifacts/** presigned/**
write PUT,DELETE            artifacts artifacts/**
write POST                  artifacts mpu/create/** mpu/complete/** mpu/abort/**

# prompts are registered models with a tag
read  GET                   api2      registered-models/get registered-models/search registered-models/list
read  GET                   api2      registered-models/alias
read  GET,POST              api2      registered-models/get-latest-versions
write POST                  api2      registered-models/create registered-models/rename
write POST                  api2      registered-models/set-tag registered-models/alias
write PATCH                 api2      registered-models/update model-versions/update
write DELETE                api2      registered-models/delete registered-models/delete-tag
write DELETE                api2      registered-models/alias
read  GET                   api2      model-versions/get model-versions/search
read  GET                   api2      model-versions/get-download-uri
write POST                  api2      model-versions/create model-versions/set-tag
write POST                  api2      model-versions/transition-stage
write DELETE                api2      model-versions/delete model-versions/delete-tag

read  GET                   api2      logged-models/* logged-models/*/artifacts/directories
read  GET                   ajax2     logged-models/*/artifacts/files
read  POST                  api2      logged-models/search
write POST                  api2      logged-models logged-models/*/params
write PATCH                 api2      logged-models/* logged-models/*/tags
write DELETE                api2      logged-models/* logged-models/*/tags/*

read  GET                   api2      traces traces/*/info unified-traces get-online-trace-details
read  GET                   ajax2     get-trace-artifact
read  GET                   ajax3     get-trace-artifact
read  GET                   api3      traces/* traces/get traces/batchGet traces/*/assessments/*
read  POST                  api3      traces/search traces/batchGetInfos traces/calculate-filter-correlation
read  POST                  api3      traces/metrics
write POST                  api2      traces traces/delete-traces traces/link-to-run traces/link-prompts
write PATCH                 api2      traces/* traces/*/tags
write DELETE                api2      traces/*/tags
write POST                  api3      traces traces/delete-traces traces/*/assessments
# 3.1 still had these in version 2
read  GET                   api2      traces/* traces/*/assessments/*
read  POST                  api2      traces/search
write POST                  api2      traces/*/assessments
write PATCH,DELETE          api2      traces/*/assessments/*
write PATCH,DELETE          api3      traces/*/tags traces/*/assessments/*
write POST                  -         /v1/traces

read  GET                   api3      datasets/* datasets/*/experiment-ids datasets/*/records
read  GET,POST              api3      datasets/search
write POST                  api3      datasets/create datasets/*/records datasets/*/add-experiments
write POST                  api3      datasets/*/remove-experiments
write PATCH                 api3      datasets/*/tags
write DELETE                api3      datasets/* datasets/*/records datasets/*/tags/*

read  GET                   api3      issues/*
read  POST                  api3      issues/search
write POST                  api3      issues
write PATCH                 api3      issues/*
read  GET                   api3      label-schemas/get label-schemas/get-by-name label-schemas/list
write POST                  api3      label-schemas/create
write PATCH                 api3      label-schemas/update
write DELETE                api3      label-schemas/delete
read  GET                   api3      review-queues/get review-queues/get-by-name review-queues/list
read  GET                   api3      review-queues/items/list
write POST                  api3      review-queues/create review-queues/update review-queues/delete
write POST                  api3      review-queues/get-or-create-user
write POST                  api3      review-queues/items/add review-queues/items/remove
write POST                  api3      review-queues/items/set-status

read  GET                   api3      scorers/get scorers/list scorers/versions scorers/online-configs
write POST                  api3      scorers/register
write DELETE                api3      scorers/delete
write PUT                   api3      scorers/online-config

# jobs cost money and write their results
read  GET                   api3      prompt-optimization/jobs/* prompt-optimization/jobs/search
read  POST                  api3      prompt-optimization/jobs/search
write POST                  api3      prompt-optimization/jobs prompt-optimization/jobs/*/cancel
write DELETE                api3      prompt-optimization/jobs/*
read  GET                   jobs      *
read  POST                  jobs      search
write POST                  jobs      /
write PATCH                 jobs      cancel/*
read  GET                   ajax3     jobs/*
write PATCH                 ajax3     jobs/cancel/*
write POST                  ajax3     scorer/invoke issues/invoke genai/evaluate/invoke demo/generate
write POST                  ajax3     issues/schedule/state

read  GET                   api3      mcp-servers mcp-servers/**
write POST,PATCH,DELETE     api3      mcp-servers mcp-servers/**
read  GET                   api3      skills skills/**
write POST,PATCH,DELETE     api3      skills skills/**

read  GET                   api3      server-info
# the UI's own ping
read  GET,POST              ajax3     ui-telemetry

use   GET,POST              -         /gateway/**
read  GET                   ajax2     gateway-proxy
use   POST                  ajax2     gateway-proxy
read  GET                   api3      gateway/budgets/get gateway/budgets/list gateway/budgets/windows
read  GET                   api3      gateway/endpoints/get gateway/endpoints/list
read  GET                   api3      gateway/endpoints/bindings/list
read  GET                   api3      gateway/model-definitions/get gateway/model-definitions/list
read  GET                   ajax3     gateway/supported-providers gateway/supported-models
read  GET                   ajax3     gateway/provider-config
admin POST,DELETE           api3      gateway/budgets/* gateway/endpoints/* gateway/endpoints/bindings/*
admin POST                  api3      gateway/endpoints/models/attach gateway/endpoints/models/detach
admin POST,DELETE           api3      gateway/model-definitions/*
admin GET,POST,PATCH,DELETE api3      gateway/secrets/* gateway/guardrails/*

read  GET                   api3      workspaces workspaces/*
admin POST                  api3      workspaces
admin PATCH,DELETE          api3      workspaces/*
admin GET,POST              api2      webhooks
admin GET,PATCH,DELETE      api2      webhooks/*
admin POST                  api2      webhooks/*/test
admin POST                  ajax3     demo/delete
admin ANY                   ajax3     assistant/**

# only with MLflow's own login app
read  GET                   api2      users/current
read  GET                   api3      users/current/permissions
admin GET,POST,PATCH,DELETE api2      users/*
admin GET,POST              api3      users/permissions/* users/roles/*
admin GET,POST,PATCH,DELETE api3      roles/* roles/permissions/* roles/users/*
# up to 3.11
read  GET                   api2      experiments/permissions/get registered-models/permissions/get
write POST,PATCH,DELETE     api2      experiments/permissions/* registered-models/permissions/*
read  GET                   api3      scorers/permissions/get gateway/endpoints/permissions/get
read  GET                   api3      gateway/model-definitions/permissions/get workspaces/*/permissions
write POST,PATCH,DELETE     api3      scorers/permissions/*
admin POST,PATCH,DELETE     api3      gateway/endpoints/permissions/* gateway/model-definitions/permissions/*
admin POST,DELETE           api3      workspaces/*/permissions
admin GET,POST,PATCH,DELETE api3      gateway/secrets/permissions/*
`

const table: PresetTable = {
  name: 'mlflow',
  madeFrom: 'MLflow 3.18.0',
  /** MLflow serves most endpoints below `/api` for clients and `/ajax-api` for its UI. */
  roots: {
    api2: ['/api/2.0/mlflow', '/ajax-api/2.0/mlflow'],
    api3: ['/api/3.0/mlflow', '/ajax-api/3.0/mlflow'],
    ajax2: ['/ajax-api/2.0/mlflow'],
    ajax3: ['/ajax-api/3.0/mlflow'],
    artifacts: ['/api/2.0/mlflow-artifacts', '/ajax-api/2.0/mlflow-artifacts'],
    jobs: ['/ajax-api/3.0/jobs'],
  },
  // In any version of the API, endpoints below these that the table does not list are admin.
  adminBelow: [
    'mlflow/users', // people, with MLflow's own login app
    'mlflow/roles',
    'mlflow/webhooks', // the server sends requests to URLs of the caller's choice
    'mlflow/assistant', // runs a coding agent on the server's machine
    'mlflow/gateway/secrets',
    'mlflow/gateway/guardrails',
    'mlflow/demo/delete',
  ],
  // The same for every method but GET, HEAD and OPTIONS.
  adminWritesBelow: ['mlflow/gateway', 'mlflow/workspaces'],
  rows,
}

/** Deviations of the preset from its table. */
export interface MlflowPresetOptions {
  /** The path that MLflow itself was given with `--static-prefix`, such as `/ml`. */
  readonly staticPrefix?: string | undefined
  /** Whether GraphQL counts as a read (the default) or as a write: its path does not tell the operation. */
  readonly graphql?: 'read' | 'deny'
}

/** The preset of `--preset mlflow`. */
export function createMlflowPreset({ staticPrefix, graphql = 'read' }: MlflowPresetOptions = {}): Preset {
  const denied = graphql === 'deny' ? 'write GET,POST - /graphql' : ''
  return compilePreset({ ...table, rows: `${rows}\n${denied}` }, staticPrefix)
}
