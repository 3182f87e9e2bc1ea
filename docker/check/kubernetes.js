// Validates each document of the given files against the schema of its kind, as published by Kubernetes and the Prometheus operator.
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import * as apps from 'kubernetes-models/apps/v1';
import * as core from 'kubernetes-models/v1';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as policy from 'kubernetes-models/policy/v1';
import * as monitoring from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';

const groups = {
  'apps/v1': apps,
  v1: core,
  'networking.k8s.io/v1': networking,
  'policy/v1': policy,
  'monitoring.coreos.com/v1': monitoring,
};

let faults = 0;
for (const file of process.argv.slice(2)) {
  for (const document of parseAllDocuments(readFileSync(file, 'utf8'), { merge: true })) {
    const fault = faultOf(document);
    if (fault) {
      faults++;
      console.error(`${file}: ${fault}`);
    }
  }
}

process.exit(faults === 0 ? 0 : 1);

function faultOf(document) {
  if (document.errors.length > 0) {
    return document.errors.map(error => error.message).join('; ');
  }

  const resource = document.toJS();
  const Kind = groups[resource?.apiVersion]?.[resource?.kind];
  if (!Kind) {
    return `there is no kind ${resource?.kind} in ${resource?.apiVersion}; name its group in docker/check/kubernetes.js if it is right`;
  }

  try {
    new Kind(resource).validate();
    return null;
  } catch (error) {
    return `${resource.kind} ${resource.metadata?.name}: ${error.message}`;
  }
}
