#!/bin/bash
# One share of a campaign for each task of a job array; a task that was killed and queued again goes
# on where it was. Here two at a time:
#   sbatch --array=1-8%2 docs/ci/slurm.sh scenarios --repeat 20
#SBATCH --job-name=sipharness
#SBATCH --requeue
set -eu

out=shards/$SLURM_ARRAY_TASK_ID
where=(--out "$out")
[ ! -d "$out" ] || where=(--resume "$out")
exec sipharness run "$@" --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" "${where[@]}" --quiet
