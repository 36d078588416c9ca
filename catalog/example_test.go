package catalog_test

import (
	"errors"
	"fmt"

	"github.com/awaitop/awaitop/catalog"
)

// A method's line says how a request for a target looks, and how well a lost reply is found again.
func ExampleFind() {
	m, err := catalog.Find("alloydb.projects.locations.clusters.create")
	if err != nil {
		fmt.Println(err)
		return
	}
	line, id, _ := m.Request("projects/p/locations/us-central1/clusters/c")
	fmt.Println(line)
	fmt.Println(m.IDPlace.Field, "=", id)
	fmt.Println("found again by:", m.Exactness)
	// Output:
	// POST v1/projects/p/locations/us-central1/clusters
	// clusterId = c
	// found again by: requestId
}

// An operation's name at a host tells how to read and cancel it.
func ExampleCheckBeginning() {
	fmt.Println(catalog.CheckBeginning("spanner.projects.instances"))

	var lacking *catalog.Error
	if errors.As(catalog.CheckBeginning("spanner.projects.instance"), &lacking) {
		fmt.Println(lacking.Want)
	}
	// Output:
	// <nil>
	// did you mean "spanner.projects.instances"?
}

func ExampleCollectionsAt() {
	name := "projects/p/zones/z/operations/o"
	for _, c := range catalog.CollectionsAt("compute.googleapis.com", name) {
		get, _ := c.Get(name)
		_, cancels := c.Cancel(name)
		fmt.Println(c.Shape, get, cancels)
	}
	// Output: compute GET compute/v1/projects/p/zones/z/operations/o false
}
