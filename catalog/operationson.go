package catalog

import "strings"

// OperationsOn returns the collection of the operations on a target, and its name, such as
// "projects/p/locations/l/operations": of those of the method's shape, the one whose parent is the longest,
// see [Collection.Parent]. Of two such it is the one that the service lists. It is nil if there is none.
func (m *Method) OperationsOn(target string) (of *Collection, name string) {
	longest := -1
	for _, c := range m.Service.Collections() {
		if c.Shape != m.Shape {
			continue
		}
		parent, ok := c.Parent(target)
		if _, lists := c.List("operations/" + target); !ok && lists { // Bigtable's stand below "operations"
			parent, ok = "operations/"+target, true
		}
		if ok && (len(parent) > longest || len(parent) == longest && c.lists(parent) && !of.lists(parent)) {
			longest, of = len(parent), c
			name = strings.TrimPrefix(parent+"/"+lastOf(parentOf(c.Pattern)), "/")
		}
	}
	return of, name
}

// ListsOperationsOn reports whether the service lists the operations on a target.
func (m *Method) ListsOperationsOn(target string) bool {
	of, name := m.OperationsOn(target)
	return of != nil && of.lists(parentOf(name))
}

func (c *Collection) lists(parent string) bool {
	_, ok := c.List(parent)
	return ok
}

// lastOf is the last segment of a name.
func lastOf(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }
