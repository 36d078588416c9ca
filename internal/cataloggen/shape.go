package main

// The shapes of operations, as the catalog names them.
const (
	standard  = "standard"
	compute   = "compute"
	sqladmin  = "sqladmin"
	container = "container"
	storage   = "storage"
	dns       = "dns"
)

// ownShapes are the services with an operation of their own, and the fields that tell its schema.
var ownShapes = map[string]struct {
	shape  string
	fields []string
}{
	"compute":   {compute, []string{"targetLink", "operationType", "insertTime", "status"}},
	"sqladmin":  {sqladmin, []string{"targetLink", "operationType", "insertTime", "status"}},
	"container": {container, []string{"targetLink", "operationType", "startTime", "status"}},
	"dns":       {dns, []string{"zoneContext", "startTime", "status", "type"}},
}

var standardFields = []string{"name", "done", "metadata", "error", "response"}

// shape is that of the operation that a method answers with, "" if it answers with another thing.
func (d *document) shape(m *method) string {
	own := ownShapes[d.Name]
	switch {
	case d.has(m.Response, standardFields) && d.Name == "storage":
		return storage // Its request lines are its own.
	case d.has(m.Response, standardFields):
		return standard
	case own.shape != "" && d.has(m.Response, own.fields):
		return own.shape
	default:
		return ""
	}
}

// has reports whether a schema has all of the fields.
func (d *document) has(schema reference, fields []string) bool {
	properties := d.properties(schema)
	for _, field := range fields {
		if _, ok := properties[field]; !ok {
			return false
		}
	}
	return true
}
