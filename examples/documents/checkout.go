package documents

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
)

// Copy copies the files of a checkout that a fresh clone would have, as they are now: those that git knows, and new
// ones that it does not ignore. It needs git, and a checkout that is a repository.
func Copy(ctx context.Context, checkout, target string) error {
	command := exec.CommandContext(ctx, "git", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
	command.Dir = checkout
	names, err := command.Output()
	if err != nil {
		return fmt.Errorf("list the files of the checkout %s: %w", checkout, err)
	}
	for name := range bytes.SplitSeq(bytes.TrimSuffix(names, []byte{0}), []byte{0}) {
		if err := copyFile(filepath.Join(checkout, string(name)), filepath.Join(target, string(name))); err != nil {
			return err
		}
	}
	return nil
}

// copyFile copies a file or symbolic link. One that the checkout does not have any more is left out.
func copyFile(from, to string) error {
	info, err := os.Lstat(from)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		link, err := os.Readlink(from)
		if err != nil {
			return err
		}
		return os.Symlink(link, to)
	}
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, info.Mode().Perm())
}
