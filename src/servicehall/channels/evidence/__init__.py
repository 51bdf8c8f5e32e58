"""The evidence for programs and auditors elsewhere: checkpoints, tiles and bundles under fixed addresses."""
