#!/bin/bash
# Runs scenarios with a handset that the queue hands out:
#   sbatch --gres=phone:grp2614:1 docs/ci/slurm_phone.sh guide --bind eth0
# The file of each phone has its address. slurm.conf: GresTypes=phone, and for the node
# Gres=phone:grp2614:2; gres.conf: Name=phone Type=grp2614 File=/etc/sipharness/phones/grp2614-[0-1]
#SBATCH --job-name=sipharness-phone
set -eu

phones=${PHONES:-/etc/sipharness/phones}
handed_out=$(scontrol --details show job "$SLURM_JOB_ID" |
  sed -n 's/.*GRES=phone:\([^(:]*\)[^(]*(IDX:\([0-9]*\)).*/\1-\2/p')
[ -n "$handed_out" ] || { echo "no phone was handed out: sbatch --gres=phone:TYPE:1" >&2; exit 4; }
exec sipharness run "$@" --device phone --phone-address "$(cat "$phones/$handed_out")" \
  --out "runs/$SLURM_JOB_ID"
