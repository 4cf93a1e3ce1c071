// What `make validation-check` asks. It has no requirements of its own: ../cluster/<release>/go.mod replaces this
// module by this folder, so that it is built with the packages of that release, which make cluster builds, too.
module kubestock.dev/validate

go 1.20
