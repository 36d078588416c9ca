package gosource

import (
	"fmt"
	"path/filepath"
	"strings"
)

// modulePath is that of the repository's library.
const modulePath = "github.com/awaitop/awaitop"

// Module reads packages of the library from a checkout. It is not safe for concurrent use.
type Module struct {
	root     string // folder of the checkout
	packages map[string]*Package
}

// NewModule returns the module whose checkout is in a folder.
func NewModule(root string) *Module { return &Module{root: root, packages: map[string]*Package{}} }

// Package reads a package by its import path. The error of a path outside of the library says so.
func (m *Module) Package(path string) (*Package, error) {
	if p, ok := m.packages[path]; ok {
		return p, nil
	}
	below, ok := strings.CutPrefix(path, modulePath+"/")
	if !ok {
		return nil, fmt.Errorf("%s is no package of %s", path, modulePath)
	}
	p, err := read(filepath.Join(m.root, filepath.FromSlash(below)))
	if err != nil {
		return nil, err
	}
	m.packages[path] = p
	return p, nil
}
