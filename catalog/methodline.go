package catalog

import (
	"strconv"
	"strings"
)

// newMethod reads a line "ID VERB PATH [FIELD]...".
func newMethod(s *Service, fields []string, main Shape) *Method {
	m := &Method{Service: s, ID: s.ids + "." + fields[0], Verb: fields[1], Path: fields[2], Shape: main, deletes: usual(del, "")}
	for _, field := range fields[3:] {
		m.set(field)
	}
	if told, ok := told[m.Shape]; ok && m.Metadata == (Metadata{}) {
		m.Metadata = told
	}
	return m
}

// told is what an operation itself tells, in shapes that have no metadata of their own.
var told = map[Shape]Metadata{
	Compute:   {Time: true, Resource: true, Verb: true, User: true},
	SQLAdmin:  {Time: true, Resource: true, Verb: true, User: true},
	Container: {Time: true, Resource: true, Verb: true},
	DNS:       {Time: true, Resource: true, Verb: true, User: true},
}

// set reads one field of a line.
func (m *Method) set(field string) {
	switch name, value, _ := strings.Cut(field, "="); name {
	case "shape":
		m.Shape = Shape(value)
	case "id":
		m.IDPlace = newPlace(value)
	case "body":
		m.Body = value
	case "get":
		m.CanGet = true
	case "delete":
		how, parameters, _ := strings.Cut(value, ":")
		m.Delete = Delete(how)
		if parameters != "" {
			m.DeleteParameters = strings.Split(parameters, ",")
		}
	case "undo":
		m.deletes = newTemplate(value, m.deletes)
	case "has":
		for has := range strings.SplitSeq(value, ",") {
			m.has(has)
		}
	case "type":
		m.Type = value
	case "meta":
		m.Metadata = newMetadata(value)
	case "x":
		n, _ := strconv.Atoi(value)
		m.Exactness = Exactness(n)
	default:
		m.option(newPlace(field))
	}
}

// option reads the place of a parameter that a starter sets.
func (m *Method) option(p Place) {
	switch p.Field {
	case "requestId":
		m.RequestID = p
	case "validateOnly":
		m.ValidateOnly = p
	case "updateMask":
		m.UpdateMask = p
	case "etag":
		m.ETag = p
	case "force":
		m.Force = p
	case "allowMissing":
		m.AllowMissing = p
	case "operationId":
		m.OperationID = p
	}
}

// has reads the name of a field of what the method makes.
func (m *Method) has(field string) {
	switch field {
	case "createTime", "creationTimestamp":
		m.CreateTime = field
	case "state", "status", "lifecycleState", "reconciling":
		m.State = field
	case "etag", "fingerprint":
		m.ResourceETag = field
	default:
		m.Labels = field
	}
}

func newMetadata(letters string) Metadata {
	has := func(letter string) bool { return strings.Contains(letters, letter) }
	return Metadata{Time: has("t"), Resource: has("r"), Verb: has("v"), Request: has("q"), User: has("u")}
}
