"""The professions and specialisms of care providers, as files and cases name them."""

from typing import Literal, get_args

Profession = Literal[
    "physician",
    "pharmacist-biologist",
    "dentist",
    "midwife",
    "nurse",
    "physiotherapist",
    "speech-therapist",
    "orthopaedic-technician",
    "bandage-maker",
    "optician",
    "hearing-aid-specialist",
    "pharmacist",
]
PhysicianSpecialism = Literal[
    "pathology",
    "anaesthesiology",
    "clinical-biology",
    "cardiology",
    "surgery",
    "plastic-surgery",
    "dermatology",
    "gastroenterology",
    "gynaecology",
    "clinical-genetics",
    "geriatrics",
    "acute-medicine",
    "general-practice",
    "internal-medicine",
    "nuclear-medicine",
    "physical-medicine",
    "emergency-medicine",
    "neurosurgery",
    "neurology",
    "ent",
    "medical-oncology",
    "ophthalmology",
    "orthopaedics",
    "pneumology",
    "psychiatry",
    "paediatrics",
    "radiology",
    "radiotherapy",
    "rheumatology",
    "stomatology",
    "urology",
    "other",
]
DENTIST_SPECIALISMS = ("general-dentistry", "orthodontics", "periodontology")
SPECIALISMS: dict[str, tuple[str, ...]] = {"physician": get_args(PhysicianSpecialism), "dentist": DENTIST_SPECIALISMS}
"""The specialisms of each profession. A profession that is not a key has none."""
