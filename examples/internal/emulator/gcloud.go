package emulator

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Installed returns [ErrNotFound] if this machine has no emulator.
func Installed(ctx context.Context) error {
	_, err := find(ctx)
	return err
}

// find returns the path of a gcloud that has the emulator. It asks gcloud for its folder, because
// the one on PATH may be a wrapper. A gcloud without the component would offer to install it.
func find(ctx context.Context) (string, error) {
	gcloud, err := exec.LookPath("gcloud")
	if err != nil {
		return "", fmt.Errorf("%w (%w)", ErrNotFound, err)
	}
	root, err := exec.CommandContext(ctx, gcloud, "info", "--format=value(installation.sdk_root)").Output()
	if err != nil {
		return "", fmt.Errorf("ask gcloud for its folder: %w", err)
	}
	gateway := filepath.Join(strings.TrimSpace(string(root)), "bin", "cloud_spanner_emulator", "gateway_main")
	if _, err := os.Stat(gateway); err != nil {
		return "", fmt.Errorf("%w (%w)", ErrNotFound, err)
	}
	return gcloud, nil
}
