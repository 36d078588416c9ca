package catalog

import (
	"errors"
	"testing"
)

// FuzzNames looks up whatever a configuration or a payload may have as the name of a method, a resource or a host. None
// of it panics, and a method that is not found is an *Error.
func FuzzNames(f *testing.F) {
	for _, name := range []string{
		"", ".", "..", "...", ":", "::", "/", "//", "*", "**", "-", "%2F", "\x00", "\xff", "é", "spanner", "spanner.", ".spanner", "Spanner",
		"spanner/", "/v1", "spanner/v1:", "spanner/v9:spanner.x", ":spanner.projects", "webrisk", "webrisk.", "webrisk/v1:webrisk.x", "sqladmin.",
		"sql.instances.insert", "spanner.projects.instances.create", "spanner.projects.instances.é", "v1:aiplatform.evaluateDataset",
		"projects/p/locations/l/operations/o", "operations/", "operations/projects/p", "projects//locations/", "a%2Fb/c", "locations/-", "zones/us-",
		"spanner.googleapis.com", ".googleapis.com", "-.googleapis.com", "us-east1-aiplatform.googleapis.com", "alloydb..rep.googleapis.com",
	} {
		f.Add(name)
	}
	methods := []string{"spanner.projects.instances.create", "spanner.projects.instances.databases.create", "aiplatform.evaluateDataset", "sql.instances.insert", "bigtableadmin.projects.instances.partialUpdateInstance"}
	f.Fuzz(func(t *testing.T, name string) {
		checkFound(t, name)
		for _, id := range methods {
			m, err := Find(id)
			if err != nil {
				t.Fatal(err)
			}
			useMethod(m, name)
		}
		for _, service := range append(ServicesAt(name), Services()[0]) {
			service.HostAt(name)
			service.HostAt(RegionOf(name))
		}
		Patterns(name)
		for _, host := range []string{name, "spanner.googleapis.com", "speech.googleapis.com", "bigtableadmin.googleapis.com", "storage.googleapis.com"} {
			for _, c := range CollectionsAt(host, name) {
				useCollection(c, name)
			}
		}
		for _, c := range Services()[0].Collections() {
			useCollection(c, name)
		}
	})
}

// checkFound looks for a method, and for a beginning of methods.
func checkFound(t *testing.T, key string) {
	t.Helper()
	var lacking *Error
	if _, err := Find(key); err != nil && !errors.As(err, &lacking) {
		t.Errorf("Find(%q): %v", key, err)
	}
	if err := CheckBeginning(key); err != nil && !errors.As(err, &lacking) {
		t.Errorf("CheckBeginning(%q): %v", key, err)
	}
}

func useMethod(m *Method, name string) {
	m.Request(name)
	m.GetMade(name)
	m.DeleteMade(name)
	m.OperationsOn(name)
	m.ListsOperationsOn(name)
	_ = m.CheckExactnessOn(name)
	m.Service.Method(name)
}

func useCollection(c *Collection, name string) {
	c.Get(name)
	c.List(name)
	c.ListName(name)
	c.Cancel(name)
	c.Delete(name)
	c.Wait(name)
}
